"""Tables that all visitors share, and who gives way when one is full: whoever takes the most of it.

An entry belongs to a visitor, and the visitor to a network: an address, or the 64 bits of an IPv6 address that whoever
has one has all addresses of. Sessions are free, so a visitor alone says little; many visitors may be behind one
address, so an address alone is too coarse. The entry that gives way is the oldest one of the visitor who has the most,
of the network that has the most. So a flood pushes out itself, and never a visitor who has less.

An entry may have a size, where a table is bounded in bytes. Each step costs the logarithm of the number of owners.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from heapq import heapify, heappop, heappush
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

    __slots__ = ("_changes", "_heap", "_sizes")

    def __init__(self) -> None:
        self._sizes: dict[str, tuple[int, int]] = {}
        """What each name has, and the number of the change that made it so."""
        self._heap: list[tuple[int, int, str]] = []
        """The largest first, with what names had before: what differs from ``_sizes`` is passed over."""
        self._changes = 0

    def __bool__(self) -> bool:
        return bool(self._sizes)

    def most(self) -> str:
        """The name that has the most; of several, the one that has had it for longest."""
        while True:
            size, change, name = self._heap[0]
            if self._sizes.get(name) == (-size, change):
                return name
            heappop(self._heap)

    def add(self, name: str, change: int) -> None:
        """Give ``name`` more, or less if ``change`` is negative."""
        new = self._sizes.pop(name, (0, 0))[0] + change
        if new:
            self._changes += 1
            self._sizes[name] = new, self._changes
            heappush(self._heap, (-new, self._changes, name))
        if len(self._heap) > 2 * len(self._sizes) + 8:
            self._heap = [(-size, number, each) for each, (size, number) in self._sizes.items()]
            heapify(self._heap)


class FairQueue(Generic[Item]):
    """Entries in the order in which they came, each with its owner."""

    __slots__ = ("_networks", "_of", "_owners", "_sizes", "_visitors", "total")

    def __init__(self) -> None:
        self._owners: dict[Item, Owner] = {}
        self._of: dict[Owner, dict[Item, None]] = {}
        self._networks = Sizes()
        self._visitors: dict[str, Sizes] = {}
        """By networks: how much each of their visitors has."""
        self._sizes: dict[Item, int] = {}
        """Of entries whose size is not 1."""
        self.total = 0
        """The sizes of all entries together."""

    def __len__(self) -> int:
        return len(self._owners)

    def __contains__(self, item: Item) -> bool:
        return item in self._owners

    def __iter__(self) -> Iterator[Item]:
        return iter(self._owners)

    def oldest(self) -> Item:
        """The entry that came first of all."""
        return next(iter(self._owners))

    def owner(self, item: Item) -> Owner:
        """Whose an entry is that is here."""
        return self._owners[item]

    def add(self, item: Item, owner: Owner, size: int = 1) -> None:
        """Put an entry at the end; one that is here already moves there. Its ``size`` is positive."""
        self.discard(item)
        owner = _with_network(owner)
        self._owners[item] = owner
        self._of.setdefault(owner, {})[item] = None
        if size != 1:
            self._sizes[item] = size
        self._count(owner, size)

    def resize(self, item: Item, size: int) -> None:
        """Note that an entry that is here has another size; it keeps its place."""
        change = size - self._sizes.get(item, 1)
        if change:
            self._sizes[item] = size
            self._count(self._owners[item], change)

    def discard(self, item: Item) -> None:
        """Take an entry out, if it is here."""
        owner = self._owners.pop(item, None)
        if owner is None:
            return
        del self._of[owner][item]
        if not self._of[owner]:
            del self._of[owner]
        self._count(owner, -self._sizes.pop(item, 1))

    def crowded_out(self, room: int) -> list[Item]:
        """Take out the entries for which there is no room, and return them: those of whoever has the most.

        ``room`` is the size that all entries may have together. Each turn takes one out, so there are as many at most.
        """
        return [item for item, _ in self.crowded_out_with_owners(room)]

    def crowded_out_with_owners(self, room: int) -> list[tuple[Item, Owner]]:
        """The same, each with its owner."""
        found = []
        while self.total > room and self._owners:
            network = self._networks.most()
            owner = Owner(self._visitors[network].most(), network)
            item = next(iter(self._of[owner]))
            self.discard(item)
            found.append((item, owner))
        return found

    def _count(self, owner: Owner, change: int) -> None:
        self.total += change
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
