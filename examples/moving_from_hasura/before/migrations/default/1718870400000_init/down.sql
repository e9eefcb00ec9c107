DROP TABLE public.order_lines, public.orders, public.products, public.categories, public.customers, public.order_status CASCADE;
DROP FUNCTION public.set_unit_price();
