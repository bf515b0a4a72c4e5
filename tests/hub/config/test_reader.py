"""A wrong settings file is refused with its line, the key, and what to write; a right one becomes a Config."""

from pathlib import Path

import pytest

from heard.errors import UserError
from heard.stream import AgeLimits
from heard.ticket import speaks_of_allergy
from hub.config import Config, check_plaintext, load_config
from hub.core.routing import Rule


def load(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "hub.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


WRONG = [
    # file, line, in the message, in the hint
    ("[site]\nnam = 'x'", 2, "unknown key 'site.nam'", "did you mean 'name'"),
    ("[nettwork]\nport = 1", 1, "unknown key 'nettwork'", "did you mean 'network'"),
    ("[network]\n\nprot = 7420", 3, "unknown key 'network.prot'", "did you mean 'port'"),
    ("[network]\nunsafe_plaintext = true", 2, "unknown key 'network.unsafe_plaintext'", ""),
    ("[stations.grill]\nlanguage = ['en']", 2, "unknown key 'stations.grill.language'", "'languages'"),
    ("[stations.grill.ages]\ndefault = { warn = 1 }", 2, "stations.grill.ages.default.warn", "'warn_s'"),
    (
        "[[routes]]\nstations=['kitchen']\n[[routes]]\nstations=['kitchen']\nitem = ['x']",
        5,
        "'routes[1].item'",
        "'items'",
    ),
    (
        "[stations.s]\n[stations.p]\nrole='expo'\n[stations.p.screen]\nrail = true",
        5,
        "stations.p.screen.rail is true, but this is an expo",
        "key A",
    ),
    (
        "[stations.s.screen]\nrail = true\nlayout = 'list'",
        2,
        'rail is true, but the layout is "list"',
        "key A",
    ),
    (
        "[stations.s]\n[stations.b]\nrole='board'\n[stations.b.screen]\nlayout='grid'",
        5,
        "is a board",
        "only prep",
    ),
    (
        "[stations.s]\n[stations.p]\nrole='printer'\naddress='p:9100'\n[stations.p.screen]\nslots='stable'",
        6,
        "stations.p.screen.slots is a printer's",
        "no screen",
    ),
    ("[network]\nport = '7420'", 2, "network.port is '7420', not a whole number", "a whole number"),
    ("[network]\nport = true", 2, "network.port is True", "a whole number"),
    ("[network]\nport = 70000", 2, "network.port is 70000", "0 to 65535"),
    (
        "[network]\nport = 7420\nadmin_port = 7420",
        3,
        "network.admin_port is the same as port",
        "a port of its own",
    ),
    ("[network]\nhost = ''", 2, "network.host is ''", "an address of this machine"),
    ("[network]\nmdns = 1", 2, "network.mdns is 1, not true or false", "true or false"),
    ("[site]\nname = ''", 2, "site.name has 0 characters", "1 to 120"),
    ("[site]\nlanguages = []", 2, "site.languages is empty", '["en"]'),
    ("[site]\nlanguages = 'en'", 2, "site.languages is 'en', not a list", "a list in [ ]"),
    ("[site]\nlanguages = ['english language']", 2, "holds 'english language'", "language tags"),
    ("[site]\ndigits = 'arab'", 2, "site.digits is 'arab'", "did you mean 'arabic'"),
    ("[site]\ntime_zone = 'Asia/Riad'", 2, "which this machine does not know", "Asia/Riyadh"),
    ("[store]\nlog_hours = 0", 2, "store.log_hours is 0", "1 to 1440"),
    ("[store]\nbackup_every_min = -1", 2, "store.backup_every_min is -1", "0 to"),
    ("[business_day]\ncut_off_hour = 24", 2, "business_day.cut_off_hour is 24", "0 to 23"),
    ("[call_numbers]\nfirst = 0", 2, "call_numbers.first is 0", "1 to"),
    ('[cloud]\nurl = "http://cloud.example.com"\nhub = "a"', 2, "without TLS", "https://"),
    ('[cloud]\nurl = "https://me:pw@cloud.example.com"\nhub = "a"', 2, "password", "https://"),
    ('[cloud]\nurl = "https://cloud.example.com/v1/"\nhub = "a"', 2, "adds /v1", "without"),
    ('[cloud]\nurl = "cloud.example.com"\nhub = "a"', 2, "no web address", "https://"),
    ('[cloud]\nurl = "https://[::1"\nhub = "a"', 2, "cloud.url is", "https://"),
    ('[cloud]\nurl = "https://a"\nhub = "no id"', 3, "cloud.hub is 'no id'", "letters"),
    ('[cloud]\nurl = "https://a"', 1, "cloud.hub is ''", "the id that the cloud gave"),
    ('[cloud]\nprofile = "restorant"', 2, "cloud.profile", "did you mean 'restaurant'"),
    ("[cloud]\npoll_interval_s = 1", 2, "cloud.poll_interval_s is 1", "from 5"),
    ("[call_numbers]\nfirst = 50\nlast = 60", 3, "leaves 11 numbers", "at least 100"),
    ("[stations.'no spaces']\nrole='prep'", 1, "is no id of a station", "letters, digits"),
    ("[stations.grill]\nrole = 'cook'", 2, "stations.grill.role is 'cook'", "prep, expo, board, cart"),
    ("[stations.p]\nrole = 'printer'", 2, "stations.p.role is a printer without an address", "10.0.0.9:9100"),
    (
        "[stations.p]\nrole = 'printer'\naddress = '10.0.0.9:x'",
        3,
        "stations.p.address is '10.0.0.9:x': the port",
        "10.0.0.9:9100",
    ),
    (
        "[stations.p]\nrole = 'printer'\naddress = '10.0.0.9'\npaper_mm = 70",
        4,
        "stations.p.paper_mm is 70",
        "80 or 58",
    ),
    ("[stations.grill]\nbackup = ['grill']", 2, "stations.grill.backup names itself", "other stations"),
    (
        "[stations.grill]\nbackup = ['fri']\n[stations.fry]",
        2,
        "stations.grill.backup is 'fri'",
        "did you mean 'fry'",
    ),
    (
        "[stations.grill]\nbackup = ['fry', 'fry']\n[stations.fry]",
        2,
        "stations.grill.backup names 'fry' twice",
        "each once",
    ),
    (
        "[stations.grill]\n[stations.pass]\nrole = 'expo'\nbackup = ['grill']",
        4,
        "stations.pass.backup is of a station of role 'expo'",
        "only what makes",
    ),
    ("[stations.p]\naddress = '10.0.0.9'", 2, "stations.p.address is '10.0.0.9'", "only a"),
    ("[stations.pass]\nrole = 'expo'", 1, "has no station that cooks", 'role "prep"'),
    ("[stations.grill]\nname = 3", 2, "stations.grill.name is 3", "write a text"),
    ("[stations.grill]\nname = { en = 3 }", 2, "stations.grill.name is", "write a text"),
    (
        "[stations.grill.ages]\ndefault = { warn_s = 9, late_s = 9 }",
        2,
        "not after warn_s",
        "late comes after warn",
    ),
    ("[stations.grill.ages]\ndine-in = { warn_s = 9 }", 2, "'dine-in'", "did you mean 'dine_in'"),
    ("[stations.g.type_name_ages]\nDrone = { warn_s = 9, late_s = 9 }", 2, "not after warn_s", "late comes"),
    ("[stations.g.type_name_ages]\nDrone = { warn = 9 }", 2, "type_name_ages.Drone.warn", "'warn_s'"),
    ("[stations.g.type_name_ages]\n'Dr. X' = { warn_s = 9 }", 2, "type_name_ages.Dr. X", "without a dot"),
    ("[stations.g.type_name_ages]\nDelivery = { warn_s = 9 }", 2, "is an order type", "set it in ages"),
    ("[stations.grill]\n[[routes]]\nstations = ['gril']", 3, "'gril'", "did you mean 'grill'"),
    ("[stations.grill]\n[stations.pass]\nrole='expo'\n[[routes]]\nstations = ['pass']", 5, "'pass'", "grill"),
    ("[[routes]]\nitems = ['x']", 1, "'routes[0].stations' is missing", "required"),
    ("[[routes]]\nstations = []", 2, "routes[0].stations is empty", "name the stations"),
    ("[[routes]]\nstations = ['kitchen']\norder_types = ['eat_in']", 3, "'eat_in'", "dine_in"),
    ("[[routes]]\nstations = ['kitchen']\nareas = [' ']", 3, "holds an empty text", "leave the key out"),
]


@pytest.mark.parametrize(("text", "line", "what", "hint"), WRONG, ids=[row[2][:40] for row in WRONG])
def test_wrong(tmp_path: Path, text: str, line: int, what: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        load(tmp_path, text)
    assert f"hub.toml, line {line}: " in caught.value.what
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"[site\n", "is not TOML"), (b"[site]\nname = '\xff'\n", "is not UTF-8")],
)
def test_not_toml(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "hub.toml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=what):
        load_config(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no settings file"):
        load_config(tmp_path / "none.toml")


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    found = load(tmp_path, "")
    assert found == Config(source=found.source)
    assert found.prep_stations == ("kitchen",)


def test_a_full_station_and_its_profile(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """
        [site]
        languages = ["ar", "en"]
        [stations.grill]
        name = { en = "Grill", ar = "الشواية" }
        languages = ["en"]
        [stations.grill.ages]
        default = { warn_s = 60, late_s = 120 }
        delivery = { warn_s = 30, late_s = 40 }
        [stations.grill.type_name_ages]
        "Family Drone" = { warn_s = 10, late_s = 20 }
        "ضيافة" = { warn_s = 11, late_s = 21 }
        [stations.cold-kitchen]
        [stations.pass]
        name = "Pass"
        role = "expo"
        [[routes]]
        stations = ["grill"]
        categories = ["grills"]
        order_types = ["takeaway"]
        """,
    )
    profile = found.site_profile()
    grill, cold, expo = profile.stations
    assert grill.name == {"en": "Grill", "ar": "الشواية"}
    assert grill.languages == ("en",)
    assert grill.age_limits("DELIVERY") == AgeLimits(30, 40)
    assert grill.age_limits("DINE_IN") == AgeLimits(60, 120)
    for type_name, limits in (
        ({"en": "FAMILY drone "}, AgeLimits(10, 20)),
        ({"en": "Catering", "ar": "ضيافة"}, AgeLimits(11, 21)),
        ({"en": "Drone"}, AgeLimits(30, 40)),
        ({}, AgeLimits(30, 40)),
    ):
        assert grill.age_limits("DELIVERY", type_name) == limits
    assert cold.age_limits("DELIVERY", {"en": "Family Drone"}) == AgeLimits()
    assert (cold.languages, cold.name) == (("ar", "en"), {"ar": "Cold Kitchen"})
    assert (expo.role, expo.name) == ("expo", {"ar": "Pass"})
    assert found.prep_stations == ("grill", "cold-kitchen")
    assert found.routes == (Rule(("grill",), categories=("grills",), order_types=("TAKEAWAY",)),)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.10", "::", "hub.local"])
def test_plaintext_stays_on_this_machine(host: str) -> None:
    open_hub = Config().with_arguments(host=host)
    with pytest.raises(UserError, match="unencrypted") as caught:
        check_plaintext(open_hub)
    assert "--unsafe-plaintext" in caught.value.hint
    check_plaintext(open_hub.with_arguments(unsafe_plaintext=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_plaintext_on_loopback(host: str) -> None:
    check_plaintext(Config().with_arguments(host=host))


def test_arguments_stand_over_the_file(tmp_path: Path) -> None:
    found = load(tmp_path, "[network]\nport = 1\nmdns = true\n[store]\ndata = '/a'")
    changed = found.with_arguments(data=Path("/b"), port=0, mdns=False)
    assert (changed.data, changed.network.port, changed.network.mdns) == (Path("/b"), 0, False)
    assert found.with_arguments() == found


@pytest.mark.parametrize(
    ("note", "alarms"),
    [
        ({"en": "NUTS! severe"}, True),
        ({"ar": "حساسية مكسرات"}, True),
        ({"en": "gluten-free bun"}, True),
        ({"en": "with a donut"}, False),
        ({"en": "well done", "ar": "ناضج جيدا"}, False),
    ],
)
def test_a_site_that_sets_nothing_knows_the_common_words_of_allergies_in_both_languages(
    note: dict[str, str], alarms: bool
) -> None:
    assert speaks_of_allergy(note, Config().site_profile().allergy_words) is alarms
