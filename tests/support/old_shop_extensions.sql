-- Types of extensions, in schemas of their own and in the usual one.
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE TABLE places (
    id integer PRIMARY KEY, name citext NOT NULL UNIQUE, path ltree, paths ltree[], facts hstore,
    position geography(Point, 4326), area geometry(Polygon, 4326), anything geometry, names citext[], document xml
);
CREATE INDEX places_area ON places USING gist (area);
CREATE INDEX places_path ON places USING gist (path);
CREATE DOMAIN mail AS citext CHECK (value ~ '@');
CREATE TABLE mails (address mail PRIMARY KEY, place_id integer REFERENCES places);
INSERT INTO places VALUES (1, 'Here', 'top.here', '{top,top.here}', 'a=>1', 'POINT(1 2)',
    'POLYGON((0 0,0 1,1 1,0 0))', 'POINT(3 4)', '{x,Y}', '<a/>');
INSERT INTO mails VALUES ('A@b', 1);
