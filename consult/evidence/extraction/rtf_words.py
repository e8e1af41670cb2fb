r"""Control words of Rich Text Format that decide what a reader sees."""

# Groups whose words no reader sees. A group that begins with \* and is not named here is one too.
UNSEEN = frozenset(
    {
        b"fonttbl",
        b"colortbl",
        b"stylesheet",
        b"info",
        b"pict",
        b"objdata",
        b"objclass",
        b"objname",
        b"fldinst",
    }
    | {b"listtable", b"listoverridetable", b"rsidtbl", b"themedata", b"colorschememapping", b"datastore"}
    | {
        b"latentstyles",
        b"bkmkstart",
        b"bkmkend",
        b"annotation",
        b"atnid",
        b"atnauthor",
        b"atntime",
        b"atnref",
    }
    | {b"atrfstart", b"atrfend", b"atndate", b"atnicn", b"generator", b"xmlnstbl", b"filetbl", b"revtbl"}
    | {
        b"userprops",
        b"private",
        b"template",
        b"operator",
        b"author",
        b"company",
        b"sn",
        b"sv",
        b"nonesttables",
    }
    | {b"shprslt", b"ftnsep", b"ftnsepc", b"ftncn", b"aftnsep", b"aftnsepc", b"aftncn", b"pgptbl", b"mmathpr"}
    | {b"docvar", b"tc", b"xe", b"formfield", b"datafield", b"fontemb", b"fontfile", b"falt", b"panose"}
    | {b"keywords", b"comment", b"title", b"subject", b"background", b"picprop", b"do", b"defchp", b"defpap"}
    | {b"wgrffmtfilter", b"passwordhash", b"writereservation", b"writereservhash", b"oldcprops", b"oldpprops"}
)
# Groups that begin with \* and hold words that a reader sees.
SEEN = frozenset({b"shpinst", b"shptxt", b"pntext", b"listtext", b"footnote", b"shp", b"ftnalt"})
HEADERS = frozenset({b"header", b"headerl", b"headerr", b"headerf"})
FOOTERS = frozenset({b"footer", b"footerl", b"footerr", b"footerf"})
BREAKS = frozenset({b"par", b"sect", b"page"})
CELLS = frozenset({b"cell", b"nestcell", b"row", b"nestrow"})
LETTERS = dict.fromkeys((b"emspace", b"enspace", b"qmspace"), " ") | {
    b"tab": "\t",
    b"line": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"bullet": "•",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
}
SIGNS = {b"~": " ", b"_": "\u2011", b"-": "", b"{": "{", b"}": "}", b"\\": "\\"}
CHARSETS = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
