"""Where the retailer's customers live: cities with their regions, postcodes and telephone prefixes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sandbox.business.model import Address


@dataclass(frozen=True, slots=True)
class City:
    """A city; `#` in a pattern is any digit, `@` any letter."""

    name: str
    region: str | None
    postcode: str
    landline: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country's cities, streets, currency and mobile numbers; `house_first` says where the house number stands."""

    currency: str
    locale: str
    mobile: str
    streets: tuple[str, ...]
    house_first: bool
    cities: tuple[City, ...]


_EN_STREETS = (
    "Maple",
    "Oak",
    "Cedar",
    "Washington",
    "Lake",
    "Hill",
    "Park",
    "Elm",
    "Walnut",
    "Main",
    "Church",
    "River",
)
_US = tuple(f"{name} {kind}" for name in _EN_STREETS for kind in ("Street", "Avenue", "Road", "Drive", "Lane"))
_GB = tuple(
    f"{name} {kind}" for name in (*_EN_STREETS, "Victoria", "Station", "Queens") for kind in ("Road", "Street", "Close")
)
_DE = tuple(
    f"{name}{kind}"
    for name in ("Haupt", "Garten", "Bahnhof", "Schiller", "Goethe", "Linden", "Berg", "Wald")
    for kind in ("straße", "weg", "allee")
)
_FR = tuple(
    f"{kind} {name}"
    for kind in ("Rue", "Avenue", "Boulevard")
    for name in ("de la République", "Victor Hugo", "des Lilas", "Pasteur", "de l'Église", "Jean Jaurès")
)
_JP = tuple(
    f"{number}-chome {ward}" for number in range(1, 5) for ward in ("Shibuya", "Meguro", "Nakano", "Kita", "Minami")
)
_KW = tuple(f"Block {block}, Street {street}" for block in range(1, 8) for street in (3, 12, 25))
_IT = tuple(f"Via {name}" for name in ("Roma", "Garibaldi", "Mazzini", "Dante", "Verdi", "Cavour", "Marconi"))
_NL = tuple(
    f"{name}{kind}" for name in ("Kerk", "Molen", "Dorps", "Prinsen", "School") for kind in ("straat", "gracht", "weg")
)

COUNTRIES = {
    "US": Country(
        "USD",
        "en",
        "",
        _US,
        True,
        (
            City("New York", "NY", "100##", "+1212"),
            City("Brooklyn", "NY", "112##", "+1718"),
            City("Los Angeles", "CA", "900##", "+1213"),
            City("San Francisco", "CA", "941##", "+1415"),
            City("Chicago", "IL", "606##", "+1312"),
            City("Houston", "TX", "770##", "+1713"),
            City("Austin", "TX", "787##", "+1512"),
            City("Seattle", "WA", "981##", "+1206"),
            City("Boston", "MA", "021##", "+1617"),
            City("Denver", "CO", "802##", "+1303"),
            City("Miami", "FL", "331##", "+1305"),
            City("Portland", "OR", "972##", "+1503"),
        ),
    ),
    "CA": Country(
        "CAD",
        "en-CA",
        "",
        _US,
        True,
        (City("Toronto", "ON", "M5V #A#", "+1416"), City("Vancouver", "BC", "V6B #K#", "+1604")),
    ),
    "GB": Country(
        "GBP",
        "en-GB",
        "+4474########",
        _GB,
        True,
        (
            City("London", None, "SW1# #@@", "+44207#######"),
            City("Manchester", None, "M1# #@@", "+44161#######"),
            City("Bristol", None, "BS1# #@@", "+44117#######"),
            City("Edinburgh", None, "EH1# #@@", "+44131#######"),
        ),
    ),
    "DE": Country(
        "EUR",
        "de",
        "+49151########",
        _DE,
        False,
        (
            City("Berlin", None, "10###", "+4930#######"),
            City("Hamburg", None, "20###", "+4940#######"),
            City("München", None, "80###", "+4989#######"),
            City("Köln", None, "50###", "+49221######"),
        ),
    ),
    "FR": Country(
        "EUR",
        "fr",
        "+336########",
        _FR,
        True,
        (City("Paris", None, "750##", "+331########"), City("Lyon", None, "690##", "+334########")),
    ),
    "IT": Country(
        "EUR",
        "it",
        "+39347#######",
        _IT,
        False,
        (City("Milano", "MI", "201##", "+3902#######"), City("Roma", "RM", "001##", "+3906#######")),
    ),
    "NL": Country(
        "EUR",
        "nl",
        "+316########",
        _NL,
        False,
        (City("Amsterdam", None, "10## @@", "+3120#######"), City("Utrecht", None, "35## @@", "+3130#######")),
    ),
    "JP": Country(
        "JPY",
        "ja",
        "+8190########",
        _JP,
        False,
        (City("Tokyo", "Tokyo", "15#-####", "+813########"), City("Osaka", "Osaka", "53#-####", "+816########")),
    ),
    "KW": Country("KWD", "ar", "+9655#######", _KW, False, (City("Kuwait City", None, "1####", "+9652#######"),)),
}
COUNTRY_WEIGHTS = {"US": 56, "GB": 14, "DE": 11, "FR": 5, "CA": 4, "IT": 3, "NL": 3, "JP": 3, "KW": 1}


def fill(rng: Random, pattern: str) -> str:
    """Return the pattern with random digits for `#` and letters for `@`."""
    return "".join(
        rng.choice("0123456789") if c == "#" else rng.choice("ABDEFGHJLNPRSTUW") if c == "@" else c for c in pattern
    )


def phone(rng: Random, country: str, city: City, *, landline: bool) -> str:
    """Return a telephone number in E.164 form."""
    known = COUNTRIES[country]
    if not known.mobile:
        return f"{city.landline}{rng.randint(2, 9)}{rng.randint(0, 9)}{rng.randint(2, 9)}{rng.randint(0, 9999):04d}"
    return fill(rng, city.landline if landline else known.mobile)


def address(rng: Random, country: str, city: City) -> Address:
    """Return an address in this city."""
    known = COUNTRIES[country]
    street, house = rng.choice(known.streets), str(rng.randint(1, 980 if country == "US" else 140))
    line1 = f"{house} {street}" if known.house_first else f"{street} {house}"
    line2 = f"Apt {rng.randint(1, 40)}{rng.choice('ABCD')}" if rng.random() < 0.2 else None
    return Address(line1, line2, city.name, city.region, fill(rng, city.postcode), country)
