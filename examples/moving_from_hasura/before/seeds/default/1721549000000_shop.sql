INSERT INTO public.customers (id, first_name, last_name, e_mail, city) VALUES
    ('11111111-1111-4111-8111-111111111111', 'Iris', 'Novak', 'iris@mail.example', 'Graz'),
    ('22222222-2222-4222-8222-222222222222', 'Nils', 'Dahl', 'nils@mail.example', 'Bergen');

INSERT INTO public.categories (id, name, parent_id) VALUES (1, 'Indoors', NULL), (2, 'Ferns', 1), (3, 'Herbs', NULL);
SELECT setval('public.categories_id_seq', 3);

INSERT INTO public.products (id, category_id, name, descr, price, stock, care, withdrawn_at) VALUES
    ('aaaaaaaa-0000-4000-8000-000000000001', 2, 'Maidenhair', 'Wants to be misted', 12.50, 8, '{"light": "shade", "water": 3}', NULL),
    ('aaaaaaaa-0000-4000-8000-000000000002', 2, 'Staghorn', 'Grows on a board', 34.00, 2, '{"light": "bright"}', NULL),
    ('aaaaaaaa-0000-4000-8000-000000000003', 3, 'Lovage', 'Smells of soup', 3.90, 40, '{"light": "sun", "water": 2}', NULL),
    ('aaaaaaaa-0000-4000-8000-000000000004', 3, 'Giant hogweed', NULL, 1.00, 0, '{}', '2024-07-01T00:00:00Z');

INSERT INTO public.orders (id, customer_id, status, note, placed_at, sent_at) VALUES
    ('bbbbbbbb-0000-4000-8000-000000000001', '11111111-1111-4111-8111-111111111111', 'sent', 'Leave it at the door', '2024-07-02T09:00:00Z', '2024-07-03T15:30:00Z'),
    ('bbbbbbbb-0000-4000-8000-000000000002', '11111111-1111-4111-8111-111111111111', 'cart', NULL, NULL, NULL),
    ('bbbbbbbb-0000-4000-8000-000000000003', '22222222-2222-4222-8222-222222222222', 'placed', NULL, '2024-07-04T10:00:00Z', NULL);

INSERT INTO public.order_lines (order_id, product_id, qty) VALUES
    ('bbbbbbbb-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000001', 2),
    ('bbbbbbbb-0000-4000-8000-000000000002', 'aaaaaaaa-0000-4000-8000-000000000003', 1),
    ('bbbbbbbb-0000-4000-8000-000000000003', 'aaaaaaaa-0000-4000-8000-000000000002', 1);

INSERT INTO public.reviews (product_id, customer_id, stars, text, published) VALUES
    ('aaaaaaaa-0000-4000-8000-000000000001', '11111111-1111-4111-8111-111111111111', 4, 'Drops leaves, forgives all', true),
    ('aaaaaaaa-0000-4000-8000-000000000001', '22222222-2222-4222-8222-222222222222', 5, 'Lovely', true),
    ('aaaaaaaa-0000-4000-8000-000000000002', '22222222-2222-4222-8222-222222222222', 2, 'Fell off its board', false);

INSERT INTO public.wishes (customer_id, product_id) VALUES
    ('22222222-2222-4222-8222-222222222222', 'aaaaaaaa-0000-4000-8000-000000000003');
