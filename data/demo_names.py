"""Invented names for the synthetic company: accounts from made-up syllables, people from common names.

Any likeness to a real company or person is chance.
"""

from __future__ import annotations

import numpy as np

STARTS = (
    "Albr", "Arv", "Belc", "Brin", "Cald", "Cresp", "Corv", "Darn", "Dunv", "Elsw", "Ernd", "Fenn", "Fald",
    "Gald", "Grev", "Halv", "Hesk", "Ilm", "Jarv", "Jorn", "Keld", "Krav", "Lorn", "Lusk", "Marv", "Mirr",
    "Nald", "Norv", "Osk", "Ord", "Pell", "Prav", "Quill", "Rend", "Rusk", "Sald", "Skarn", "Stav", "Tarn",
    "Thell", "Ulv", "Umbr", "Vald", "Vesk", "Wend", "Wrenn", "Yarr", "Yelv", "Zell", "Zorn",
)  # fmt: skip
ENDINGS = (
    "acott", "adine", "agrove", "alden", "amont", "anford", "arby", "avale", "edale", "efield", "elby",
    "emark", "enport", "erston", "ewick", "ibank", "ifax", "imoor", "inster", "istow", "ivant", "obrook",
    "ocrest", "odell", "omere", "ondale", "oridge", "ostrand", "oway", "owell",
)  # fmt: skip
NOUNS = {
    "agriculture": ("Farms", "Growers", "Orchards", "Agri Cooperative", "Dairy", "Nurseries"),
    "chemicals": ("Chemicals", "Coatings", "Polymers", "Specialties", "Resins"),
    "education": ("College", "Academy", "School District", "Technical Institute"),
    "food processing": ("Foods", "Bakeries", "Provisions", "Bottling", "Packing", "Creamery"),
    "healthcare": ("Medical Center", "Clinic", "Health", "Care Homes", "Laboratories"),
    "hospitality": ("Hotels", "Inns", "Resorts", "Lodge", "Leisure"),
    "manufacturing": ("Industries", "Works", "Castings", "Components", "Machine", "Fabrication"),
    "utilities": ("Water District", "Utilities", "Power", "Water Works", "Energy"),
}
"""Industry → what its companies call themselves."""

REPS = (
    "Alice Warren", "Ben Ortega", "Carla Novak", "Daniel Hughes", "Elena Petrov", "Frank Lindgren",
    "Grace Okafor", "Henry Castillo", "Irene Walsh", "Jonas Keller", "Karen Mbeki", "Luis Herrera",
    "Megan Doyle", "Nathan Cole", "Olivia Brandt", "Paul Nakamura", "Quentin Moss", "Rosa Delgado",
    "Samuel Fischer", "Tara Singh", "Umar Haddad", "Vera Lindholm", "Will Jackson", "Yvonne Baker",
)  # fmt: skip


def company_names(industries: list[str], rng: np.random.Generator) -> list[str]:
    """One name per industry given, no two companies with the same made-up word and noun."""
    taken: set[str] = set()
    names = []
    for industry in industries:
        nouns = NOUNS[industry]
        while True:
            start, ending, noun = rng.random(3)
            word = STARTS[int(start * len(STARTS))] + ENDINGS[int(ending * len(ENDINGS))]
            name = f"{word} {nouns[int(noun * len(nouns))]}"
            if name not in taken:
                break
        taken.add(name)
        names.append(name)
    return names


def branch_name(parent: str, city: str, taken: set[str]) -> str:
    """Name of a subsidiary: its parent's, with the city, numbered where the city has several."""
    name = f"{parent} - {city}"
    number = 2
    while name in taken:
        name = f"{parent} - {city} {number}"
        number += 1
    taken.add(name)
    return name
