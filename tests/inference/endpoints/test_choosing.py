"""A character stays with its server, the load is shared, and a server that goes moves nobody else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from inference.endpoints.choosing import choose


@dataclass
class Server:
    name: str
    weight: float = 1.0
    in_flight: int = 0


CHARACTERS = [f"morning_star/character_{number}" for number in range(2_000)]


def homes(servers: list[Server]) -> dict[str, str]:
    found = {name: choose(servers, name) for name in CHARACTERS}
    return {name: server.name for name, server in found.items() if server is not None}


def test_nobody_to_choose_from_is_nobody() -> None:
    assert choose([], "marta") is None


def test_a_character_goes_to_the_same_server_in_whatever_order_they_are_listed() -> None:
    servers = [Server("a"), Server("b"), Server("c")]
    assert homes(servers) == homes(servers[::-1])


def test_a_server_that_goes_moves_only_its_own_characters() -> None:
    all_of_them = homes([Server("a"), Server("b"), Server("c")])
    without_b = homes([Server("a"), Server("c")])
    assert {name for name in CHARACTERS if all_of_them[name] != without_b[name]} == {
        name for name in CHARACTERS if all_of_them[name] == "b"
    }


def test_characters_are_shared_by_weight() -> None:
    shares = Counter(homes([Server("a", weight=3.0), Server("b")]).values())
    assert 0.70 < shares["a"] / len(CHARACTERS) < 0.80


def test_a_server_that_is_much_busier_than_its_share_is_spared() -> None:
    home = homes([Server("a"), Server("b")])[CHARACTERS[0]]
    busy = [Server("a"), Server("b")]
    next(server for server in busy if server.name == home).in_flight = 20
    assert homes(busy)[CHARACTERS[0]] != home


def test_a_little_more_to_do_does_not_cost_a_server_its_characters() -> None:
    home = homes([Server("a"), Server("b")])[CHARACTERS[0]]
    even = [Server("a", in_flight=10), Server("b", in_flight=10)]
    next(server for server in even if server.name == home).in_flight += 1
    assert homes(even)[CHARACTERS[0]] == home


def test_who_has_no_prefix_goes_where_least_is_asked_for_its_weight() -> None:
    strong, weak = Server("strong", weight=4.0, in_flight=4), Server("weak", weight=1.0, in_flight=2)
    chosen = choose([weak, strong], "")
    assert chosen is strong
