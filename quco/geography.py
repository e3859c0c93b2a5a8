"""Countries, and the words for their people: "France" and "French" name one place."""

from __future__ import annotations

from functools import cache, lru_cache

_TABLE = """
Afghanistan Afghan;Albania Albanian;Algeria Algerian;Andorra Andorran;Angola Angolan
Antigua_and_Barbuda Antiguan,Barbudan
Argentina Argentine,Argentinian;Armenia Armenian;Australia Australian;Austria Austrian
Azerbaijan Azerbaijani;Bahamas Bahamian;Bahrain Bahraini;Bangladesh Bangladeshi;Barbados Barbadian
Belarus Belarusian;Belgium Belgian;Belize Belizean;Benin Beninese;Bhutan Bhutanese;Bolivia Bolivian
Bosnia_and_Herzegovina Bosnian,Bosnia;Botswana Botswanan;Brazil Brazilian;Brunei Bruneian
Bulgaria Bulgarian;Burkina_Faso Burkinabe;Burundi Burundian;Cambodia Cambodian;Cameroon Cameroonian
Canada Canadian;Chad Chadian;Chile Chilean;China Chinese,People's_Republic_of_China,PRC
Colombia Colombian;Congo Congolese,Democratic_Republic_of_the_Congo;Costa_Rica Costa_Rican
Croatia Croatian,Croat;Cuba Cuban;Cyprus Cypriot;Czech_Republic Czech,Czechia
Czechoslovakia Czechoslovak,Czechoslovakian;Denmark Danish,Dane;Dominican_Republic Dominican
Ecuador Ecuadorian;Egypt Egyptian;El_Salvador Salvadoran;England English;Eritrea Eritrean
Estonia Estonian;Ethiopia Ethiopian;Fiji Fijian;Finland Finnish,Finn;France French,Frenchman
Gabon Gabonese;Gambia Gambian;Georgia Georgian;Germany German,West_Germany
East_Germany East_German,GDR;Ghana Ghanaian;Greece Greek;Grenada Grenadian;Guatemala Guatemalan
Guinea Guinean;Guyana Guyanese;Haiti Haitian;Honduras Honduran;Hong_Kong Hongkonger
Hungary Hungarian;Iceland Icelandic,Icelander;India Indian;Indonesia Indonesian
Iran Iranian,Persia,Persian;Iraq Iraqi;Ireland Irish,Republic_of_Ireland;Israel Israeli
Italy Italian;Ivory_Coast Ivorian,Cote_d'Ivoire;Jamaica Jamaican;Japan Japanese;Jordan Jordanian
Kazakhstan Kazakh,Kazakhstani;Kenya Kenyan;Kosovo Kosovar;Kuwait Kuwaiti;Kyrgyzstan Kyrgyz
Laos Laotian;Latvia Latvian;Lebanon Lebanese;Lesotho Basotho;Liberia Liberian;Libya Libyan
Liechtenstein Liechtensteiner;Lithuania Lithuanian;Luxembourg Luxembourgish,Luxembourger
Madagascar Malagasy;Malawi Malawian;Malaysia Malaysian;Maldives Maldivian;Mali Malian;Malta Maltese
Mauritania Mauritanian;Mauritius Mauritian;Mexico Mexican;Moldova Moldovan
Monaco Monegasque,Monacan;Mongolia Mongolian,Mongol;Montenegro Montenegrin;Morocco Moroccan
Mozambique Mozambican;Myanmar Burmese,Burma;Namibia Namibian;Nepal Nepali,Nepalese
Netherlands Dutch,Dutchman,Holland,Kingdom_of_the_Netherlands;New_Zealand New_Zealander
Nicaragua Nicaraguan;Niger Nigerien;Nigeria Nigerian;North_Korea North_Korean
North_Macedonia Macedonian,Macedonia;Norway Norwegian;Oman Omani;Pakistan Pakistani
Palestine Palestinian;Panama Panamanian;Papua_New_Guinea Papua_New_Guinean;Paraguay Paraguayan
Peru Peruvian;Philippines Filipino,Philippine,Filipina;Poland Polish,Pole;Portugal Portuguese
Prussia Prussian;Puerto_Rico Puerto_Rican;Qatar Qatari;Romania Romanian;Russia Russian
Rwanda Rwandan;Samoa Samoan;Saudi_Arabia Saudi,Saudi_Arabian;Scotland Scottish,Scot,Scots
Senegal Senegalese;Serbia Serbian,Serb;Sierra_Leone Sierra_Leonean;Singapore Singaporean
Slovakia Slovak,Slovakian;Slovenia Slovenian,Slovene;Somalia Somali;South_Africa South_African
South_Korea South_Korean,Korea,Korean,Republic_of_Korea;Soviet_Union Soviet,USSR
Spain Spanish,Spaniard
Sri_Lanka Sri_Lankan;Sudan Sudanese;Suriname Surinamese;Sweden Swedish,Swede;Switzerland Swiss
Syria Syrian;Taiwan Taiwanese;Tajikistan Tajik;Tanzania Tanzanian;Thailand Thai;Tibet Tibetan
Togo Togolese;Tonga Tongan;Trinidad_and_Tobago Trinidadian;Tunisia Tunisian;Turkey Turkish,Turk
Turkmenistan Turkmen;Uganda Ugandan;Ukraine Ukrainian;United_Arab_Emirates Emirati,UAE
United_Kingdom British,UK,U.K.,Britain,Great_Britain,Briton
United_States American,USA,U.S.,US,U.S.A.,United_States_of_America,America
Uruguay Uruguayan;Uzbekistan Uzbek;Venezuela Venezuelan;Vietnam Vietnamese;Wales Welsh
Yemen Yemeni;Yugoslavia Yugoslav,Yugoslavian;Zambia Zambian;Zimbabwe Zimbabwean
"""

_KEPT_CASE = frozenset(("US", "Pole", "Turk", "Finn", "Dane", "Scot", "Swede"))
"""Forms that mean something else in lower case; no variant of a count, which ignores case."""

_UNITED = dict.fromkeys(("England", "Scotland", "Wales"), "United Kingdom")
_LONGEST_PEOPLE = 3


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in _TABLE.replace("\n", ";").split(";"):
        if entry:
            country, others = entry.split(" ")
            names = tuple(part.replace("_", " ") for part in [country, *others.split(",")])
            found |= {_key(name): names for name in names}
    return found


def _key(name: str) -> str:
    return name.casefold().removeprefix("the ").replace(".", "").strip()


@lru_cache(1 << 14)
def is_country(name: str) -> bool:
    """Return whether `name` is a country or the word for its people.

    Examples
    --------
    >>> [is_country(name) for name in ("the Netherlands", "Welsh", "Paris")]
    [True, True, False]
    """
    return _key(name) in _forms()


def country_forms(name: str) -> tuple[str, ...]:
    """Return the names of a country and its people that a case-blind count may add up.

    Examples
    --------
    >>> country_forms("French")
    ('France', 'French', 'Frenchman')
    >>> country_forms("Paris")
    ()
    """
    return tuple(form for form in _forms().get(_key(name), ()) if form not in _KEPT_CASE)


def country_in(text: str) -> str | None:
    """Return the country that a text says something is of; England is the United Kingdom.

    The text names it or its people, ends with it after a comma, or begins with its people.

    Examples
    --------
    >>> [country_in(text) for text in ("Paris, France", "American actor", "Jordan Peele")]
    ['France', 'United States', None]
    """
    forms = _forms()
    found = forms.get(_key(text)) or forms.get(_key(text.rsplit(",", 1)[-1])) or _people(text)
    return _UNITED.get(found[0], found[0]) if found else None


def _people(text: str) -> tuple[str, ...]:
    """Return the forms of the people that a longer text begins with; empty where it does not."""
    parts = text.split()
    for n in range(min(len(parts) - 1, _LONGEST_PEOPLE), 0, -1):
        start = _key(" ".join(parts[:n]))
        found = _forms().get(start)
        if found and start != _key(found[0]):
            return found
    return ()
