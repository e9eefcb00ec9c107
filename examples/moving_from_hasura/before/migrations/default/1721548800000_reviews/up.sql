CREATE TABLE public.reviews (
    id bigserial PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES public.products (id) ON DELETE CASCADE,
    customer_id uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    text text NOT NULL DEFAULT '',
    published boolean NOT NULL DEFAULT false,
    written_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (product_id, customer_id)
);
CREATE INDEX reviews_customer_id_idx ON public.reviews (customer_id);

CREATE TABLE public.wishes (
    customer_id uuid NOT NULL REFERENCES public.customers (id) ON DELETE CASCADE,
    product_id uuid NOT NULL REFERENCES public.products (id) ON DELETE CASCADE,
    wished_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, product_id)
);

CREATE FUNCTION public.product_average_stars(product_row public.products) RETURNS numeric
    LANGUAGE sql STABLE AS $$
    SELECT round(avg(stars), 1) FROM public.reviews WHERE product_id = product_row.id AND published
$$;
