"""Tables that all visitors share, and who gives way when one is full: whoever takes the most of it.

An entry belongs to a visitor, and the visitor to a network: an address, or the 64 bits of an IPv6 address that whoever
has one has all addresses of. Sessions are free, so a visitor alone says little; many visitors may be behind one
address, so an address alone is too coarse. The entry that gives way is the oldest one of the visitor who has the most,
of the network that has the most. So a flood pushes out itself, and never a visitor who has less.

Each step takes constant time, however many entries and owners there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import Final, Generic, NamedTuple, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Owner(NamedTuple):
    """Whose an entry is."""

    visitor: str
    """The hash of the visitor's session."""
    network: str = ""
    """Empty if it is not known: then each visitor counts as a network."""


class Sizes:
    """How much each name has, and which name has the most."""

    __slots__ = ("_by_size", "_most", "_sizes")

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._by_size: dict[int, dict[str, None]] = {}
        """The names by what they have, each in the order in which they came to it."""
        self._most = 0

    def __bool__(self) -> bool:
        return bool(self._sizes)

    def most(self) -> str:
        """The name that has the most; of several, the one that has had it for longest."""
        return next(iter(self._by_size[self._most]))

    def add(self, name: str, change: int) -> None:
        """Give ``name`` one more (``1``) or one less (``-1``)."""
        old = self._sizes.pop(name, 0)
        new = old + change
        if new:
            self._sizes[name] = new
            self._by_size.setdefault(new, {})[name] = None
        if old:
            del self._by_size[old][name]
            if not self._by_size[old]:
                del self._by_size[old]
        # the name that has the most changed by one: so did the most, if no other name has as much
        self._most = max(self._most, new) if max(self._most, new) in self._by_size else new


class FairQueue(Generic[Item]):
    """Entries in the order in which they came, each with its owner."""

    __slots__ = ("_networks", "_of", "_owners", "_visitors")

    def __init__(self) -> None:
        self._owners: dict[Item, Owner] = {}
        self._of: dict[Owner, dict[Item, None]] = {}
        self._networks = Sizes()
        self._visitors: dict[str, Sizes] = {}
        """By networks: how much each of their visitors has."""

    def __len__(self) -> int:
        return len(self._owners)

    def __contains__(self, item: Item) -> bool:
        return item in self._owners

    def __iter__(self) -> Iterator[Item]:
        return iter(self._owners)

    def oldest(self) -> Item:
        """The entry that came first of all."""
        return next(iter(self._owners))

    def add(self, item: Item, owner: Owner) -> None:
        """Put an entry at the end; one that is here already moves there."""
        self.discard(item)
        owner = _with_network(owner)
        self._owners[item] = owner
        self._of.setdefault(owner, {})[item] = None
        self._count(owner, 1)

    def discard(self, item: Item) -> None:
        """Take an entry out, if it is here."""
        owner = self._owners.pop(item, None)
        if owner is None:
            return
        del self._of[owner][item]
        if not self._of[owner]:
            del self._of[owner]
        self._count(owner, -1)

    def crowded_out(self, room: int) -> list[Item]:
        """Take out the entries for which there is no room, and return them: those of whoever has the most."""
        found = []
        for _ in range(len(self) - room):
            network = self._networks.most()
            owner = Owner(self._visitors[network].most(), network)
            item = next(iter(self._of[owner]))
            self.discard(item)
            found.append(item)
        return found

    def _count(self, owner: Owner, change: int) -> None:
        self._networks.add(owner.network, change)
        visitors = self._visitors.setdefault(owner.network, Sizes())
        visitors.add(owner.visitor, change)
        if not visitors:
            del self._visitors[owner.network]


class Turns(Generic[Item]):
    """Who waits for one of a few places, and who has one.

    The networks take turns, and the visitors of each. A network has half of the places at most, and a visitor half of
    those: whose work is slow keeps others waiting, but not out. A visitor whose network is not known has as many.
    """

    __slots__ = ("_at_work", "_busy", "_places", "_waiting")

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: dict[str, dict[Owner, list[Item]]] = {}
        """By networks and owners, those whose turn is next first."""
        self._at_work: dict[Item, Owner] = {}
        self._busy: Counter[str | Owner] = Counter()
        """How many places a network or a visitor has."""

    def add(self, item: Item, owner: Owner) -> None:
        """Let an entry wait for a place."""
        owner = _with_network(owner)
        self._waiting.setdefault(owner.network, {}).setdefault(owner, []).append(item)

    def begin(self) -> Item | None:
        """The entry whose turn it is; it has a place until ``end``. ``None`` if no place is free for any that waits."""
        if len(self._at_work) >= self._places:
            return None
        owner = next(filter(self._may_begin, self._in_turn()), None)
        if owner is None:
            return None
        item = self._take(owner)
        self._at_work[item] = owner
        self._busy.update((owner.network, owner))
        return item

    def end(self, item: Item) -> None:
        """Free the place of an entry."""
        owner = self._at_work.pop(item)
        for name in (owner.network, owner):
            self._busy[name] -= 1
            if not self._busy[name]:
                del self._busy[name]

    def _in_turn(self) -> Iterator[Owner]:
        share = max(1, self._places // 2)
        for network, owners in self._waiting.items():
            if self._busy[network] < share:
                yield from owners

    def _may_begin(self, owner: Owner) -> bool:
        return self._busy[owner] < max(1, self._places // 4)

    def _take(self, owner: Owner) -> Item:
        """The first entry of an owner; the next turn is another visitor's, and another network's."""
        owners = self._waiting.pop(owner.network)
        items = owners.pop(owner)
        item = items.pop(0)
        if items:
            owners[owner] = items
        if owners:
            self._waiting[owner.network] = owners
        return item


def _with_network(owner: Owner) -> Owner:
    return owner if owner.network else Owner(owner.visitor, owner.visitor or _NOBODY)


_NOBODY: Final = "nobody"
