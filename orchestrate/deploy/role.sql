-- Run once by the image, as the superuser. The password is POSTGRES_PASSWORD, as for the superuser.
\getenv password POSTGRES_PASSWORD
CREATE ROLE engarde LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE engarde OWNER engarde;
