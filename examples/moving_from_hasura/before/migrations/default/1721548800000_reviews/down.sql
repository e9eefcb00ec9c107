DROP FUNCTION public.product_average_stars(public.products);
DROP TABLE public.wishes, public.reviews;
