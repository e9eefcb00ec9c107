"""Functions of the database that are served as fields."""

from portico.schema import database_function, named
from sqlalchemy import Numeric, Text

from .public import Customer, Product

customer_full_name = database_function(
    "customer_full_name",
    returns=Text(),
    arguments={"customer_row": Customer},
    on=Customer,
    info=named("full_name"),
    description="First and last name",
)
product_average_stars = database_function(
    "product_average_stars",
    returns=Numeric(),
    arguments={"product_row": Product},
    on=Product,
    info=named("average_stars"),
    description="Of all published reviews",
)
database_function(
    "search_products",
    returns=Product,
    arguments={"term": Text()},
    info=named(
        roots={
            "select": "search_plants",
            "select_aggregate": "search_plants_aggregate",
        },
    ),
)
