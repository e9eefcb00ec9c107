CREATE TABLE public.order_status (
    value text PRIMARY KEY,
    comment text
);
INSERT INTO public.order_status (value, comment) VALUES
    ('cart', 'Being filled'),
    ('placed', 'Ordered and to be packed'),
    ('packed', 'Ready to go'),
    ('sent', 'On its way'),
    ('cancelled', 'Given up');

CREATE TABLE public.customers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    first_name text NOT NULL,
    last_name text NOT NULL,
    e_mail text NOT NULL UNIQUE,
    city text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE public.categories (
    id serial PRIMARY KEY,
    name text NOT NULL UNIQUE,
    parent_id integer REFERENCES public.categories (id) ON DELETE SET NULL
);

CREATE TABLE public.products (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    category_id integer NOT NULL REFERENCES public.categories (id),
    name text NOT NULL,
    descr text,
    price numeric(10, 2) NOT NULL CHECK (price >= 0),
    stock integer NOT NULL DEFAULT 0,
    care jsonb NOT NULL DEFAULT '{}',
    withdrawn_at timestamptz
);
CREATE INDEX products_category_id_idx ON public.products (category_id);

CREATE TABLE public.orders (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL REFERENCES public.customers (id),
    status text NOT NULL DEFAULT 'cart' REFERENCES public.order_status (value),
    note text,
    packing_note text,
    handled_by uuid,
    placed_at timestamptz,
    sent_at timestamptz
);
CREATE INDEX orders_customer_id_idx ON public.orders (customer_id);

CREATE TABLE public.order_lines (
    order_id uuid NOT NULL REFERENCES public.orders (id) ON DELETE CASCADE,
    product_id uuid NOT NULL REFERENCES public.products (id),
    qty integer NOT NULL CHECK (qty > 0),
    unit_price numeric(10, 2),
    PRIMARY KEY (order_id, product_id)
);

CREATE FUNCTION public.customer_full_name(customer_row public.customers) RETURNS text
    LANGUAGE sql STABLE AS $$
    SELECT customer_row.first_name || ' ' || customer_row.last_name
$$;

CREATE FUNCTION public.search_products(term text) RETURNS SETOF public.products
    LANGUAGE sql STABLE AS $$
    SELECT * FROM public.products
    WHERE name ILIKE '%' || term || '%' OR descr ILIKE '%' || term || '%'
    ORDER BY name
$$;

-- A line keeps the price of the day on which it was put into the cart.
CREATE FUNCTION public.set_unit_price() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    SELECT price INTO NEW.unit_price FROM public.products WHERE id = NEW.product_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER order_lines_unit_price BEFORE INSERT ON public.order_lines
    FOR EACH ROW EXECUTE FUNCTION public.set_unit_price();
