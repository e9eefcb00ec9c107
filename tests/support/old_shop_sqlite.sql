-- The same for SQLite, with what SQLite has.
CREATE TABLE tenants (id integer PRIMARY KEY, name text NOT NULL UNIQUE, created_at datetime NOT NULL DEFAULT (datetime('now')));
CREATE TABLE users (
    tenant_id integer NOT NULL REFERENCES tenants ON DELETE CASCADE,
    id integer NOT NULL,
    address varchar(100) NOT NULL,
    "class" varchar(20), "order" integer, metadata json, registry text, "From" date, "weird-col" text, "weird col" text,
    weird_col text, "2fa" boolean NOT NULL DEFAULT false, "Prénom" text, "名前" text, "__dunder" text, "with""quote" text,
    text text NOT NULL DEFAULT 'it''s', date date, "list" text, int integer, mapped_column text, manager_id integer,
    full_name text GENERATED ALWAYS AS ("class" || ' ' || text) STORED, shouted text AS (upper(text)),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_address UNIQUE (tenant_id, address),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id),
    CONSTRAINT "strange check" CHECK ("order" > 0 AND text <> ' :not_a_bind')
);
CREATE INDEX users_by_order ON users ("order", text);
CREATE UNIQUE INDEX users_partial ON users ("From") WHERE "2fa";
CREATE INDEX users_by_lower ON users (lower(text));
CREATE TABLE everything (
    id integer PRIMARY KEY AUTOINCREMENT, a_smallint smallint, a_bigint bigint, a_real real, a_float float, a_double double,
    a_numeric numeric, a_price numeric(10, 2), a_decimal decimal(8, 3), a_bool boolean, a_text text, a_varchar varchar,
    a_short varchar(10), a_char char(3), an_nvarchar nvarchar(5), a_date date, a_time time, a_datetime datetime,
    a_timestamp timestamp, some_bytes blob, a_json json, nothing_said, a_geometry geometry, a_string string
);
CREATE TABLE categories (id integer PRIMARY KEY, parent_id integer REFERENCES categories,
    mirror integer REFERENCES categories DEFERRABLE INITIALLY DEFERRED, name text NOT NULL);
CREATE TABLE user_profile (tenant_id integer, user_id integer, bio text, PRIMARY KEY (user_id, tenant_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE ON UPDATE RESTRICT);
CREATE TABLE "user" (id int PRIMARY KEY, name text);
CREATE TABLE texts (id integer PRIMARY KEY, body text) WITHOUT ROWID;
CREATE TABLE "My Table" ("The Key" text PRIMARY KEY, "user id" integer REFERENCES "user");
CREATE TABLE "select" (id integer PRIMARY KEY, "table" text, my_table_id text REFERENCES "My Table");
CREATE TABLE no_key (a integer, b text, at datetime DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE loyalty (customer integer UNIQUE REFERENCES "user", points integer NOT NULL DEFAULT 0, id integer PRIMARY KEY);
CREATE VIEW named_tenants AS SELECT id, name FROM tenants;
CREATE VIEW writable_tenants AS SELECT id, name FROM tenants;
CREATE TRIGGER writable INSTEAD OF INSERT ON writable_tenants BEGIN INSERT INTO tenants (name) VALUES (new.name); END;
CREATE VIRTUAL TABLE searched USING fts5(title, body);

INSERT INTO tenants (id, name) VALUES (1, 'first');
INSERT INTO users (tenant_id, id, address, "class", "weird-col", "名前") VALUES (1, 100, 'a@b', 'x', 'weird', 'me');
INSERT INTO users (tenant_id, id, address, manager_id) VALUES (1, 102, 'c@d', 100);
INSERT INTO everything VALUES (1, 1, 2, 1.5, 2.5, 3.25, 4, 4.2, 5.125, true, 'text', 'varchar', 'short', 'abc', 'nv', '2026-01-31',
    '12:00:00', '2026-01-31 12:00:00', '2026-01-31 12:00:00', x'abcd', '{"a": 1}', 'nothing', 1, 2);
INSERT INTO categories (id, name, parent_id) VALUES (1, 'top', NULL), (2, 'middle', 1);
INSERT INTO "user" VALUES (1, 'one');
INSERT INTO "My Table" VALUES ('key', 1);
INSERT INTO no_key (a, b) VALUES (1, 'x'), (1, 'x');
INSERT INTO searched VALUES ('title', 'body');
