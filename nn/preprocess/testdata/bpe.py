"""Makes bpe_tiny.txt and bpe_cases.json: a small byte-pair vocabulary, learned here from the
sentences below, and the ids that the definition of CLIP's tokenizer gives with it.

Needs Python 3.11 with the module regex (Debian: python3-regex). The merging below is the
definition, word for word slow; cleaning and pattern are Python's own html, str and regex.
"""
import collections
import html
import json
import random

import regex

PATTERN = regex.compile(
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+", regex.IGNORECASE)
START, END = "<|startoftext|>", "<|endoftext|>"

printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
others = [b for b in range(256) if b not in printable]
CHAR = {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(others)}
ORDER = [CHAR[b] for b in printable + others]


def words(text):
    text = html.unescape(html.unescape(text)).strip()
    text = regex.sub(r"\s+", " ", text).strip().lower()
    return PATTERN.findall(text)


def symbols(word):
    s = [CHAR[b] for b in word.encode()]
    return s[:-1] + [s[-1] + "</w>"]


def join(s, pair):
    out, i = [], 0
    while i < len(s):
        if tuple(s[i:i + 2]) == pair:
            out.append(s[i] + s[i + 1])
            i += 2
        else:
            out.append(s[i])
            i += 1
    return out


def learn(texts, n):
    counts = collections.Counter(w for t in texts for w in words(t))
    split = {w: symbols(w) for w in counts}
    merges = []
    while len(merges) < n:
        pairs = collections.Counter()
        for w, s in split.items():
            for p in zip(s, s[1:]):
                pairs[p] += counts[w]
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best)
        split = {w: join(s, best) for w, s in split.items()}
    return merges


class Tokenizer:
    def __init__(self, merges):
        self.rank = {m: i for i, m in enumerate(merges)}
        vocabulary = ORDER + [c + "</w>" for c in ORDER] + ["".join(m) for m in merges] + [START, END]
        self.id = {s: i for i, s in enumerate(vocabulary)}

    def ids(self, text):
        out = []
        for w in words(text):
            if w in (START, END):
                out.append(self.id[w])
                continue
            s = symbols(w)
            while len(s) > 1:
                best = min(zip(s, s[1:]), key=lambda p: self.rank.get(p, 1 << 40))
                if best not in self.rank:
                    break
                s = join(s, best)
            out += [self.id[x] for x in s]
        return out


SENTENCES = """A red circle lies left of the blue square. Two small green triangles stand above a star.
It's the painter's picture; they've drawn it, we'll look, I'm sure you're there and she'd say don't.
The banana, the bandana and the cabana: anagrams and bananas all along. Mississippi missed the mission.
A photo of three large yellow hexagons on a striped background, 12 of 345, in 2022 at 10:30!
Übermut tut selten gut; größere Straßen führen über Äcker. ΟΔΥΣΣΕΥΣ ΚΑΙ ΠΗΝΕΛΟΠΗ, Οδυσσεύς και Πηνελόπη.
İstanbul'da ışık; naïve café, señor São Paulo. Красный круг слева от синего квадрата. 赤い丸は青い四角の左。
...... ------ !!!! ???? '''' <<<< >>>> ,,,, the the the of of a a a""".split("\n")

FIXED = ["", " ", "a", "A", "\n\t\r", "It's", "IT'S", "it\u2019s", "'\u017f", "don't've'll'd'm're", "''s", "!'s", "' s",
         "the  the\u00a0the\u2003the\u3000the\u0085the", "\x1cthe\x1d", "the\x1cthe", "\x1f \x1e the", "the\u200bthe", "\ufeffthe",
         START, END, "a" + END + "b", "!" + END, "<|STARTOFTEXT|>", "<|\u017ftartoftext|>", "<|startoftext", "<|endoftext|", START + END,
         "&lt;|endoftext|&gt;", "&amp;lt;", "&amp;amp;amp;", "&amp", "&AMP;", "&Amp;", "&notit;", "&notin;", "&not", "&no", "&ampere",
         "&nGt;", "&nLt;", "&nGt", "&amp;nGt;x", "&semi;", "&#", "&#;", "&#x", "&#x;", "&#xg;", "&#65", "&#65;", "&#x41", "&#X4a;", "&#0;",
         "&#128;", "&#129;", "&#x9f;&#x9d", "&#xd800;", "&#xDFFF", "&#1114112;", "&#99999999999999999999;", "&#x1F600;", "&#11;a", "&#13;a",
         "&#127;a", "&#160;a", "&#64976;a", "&#65535;a", "&#x1fffe;a", "&#x26;amp;", "&#38;#38;#65;", "&&amp;&", "& amp;", "&\u00e9;", "&amp\u00e9",
         "&CounterClockwiseContourIntegral;", "&fjlig;", "&acE;", "&lt&gt&quot&apos&apos;", "&" + "a" * 40 + ";",
         "\u0130", "\u0130STANBUL I\u0307 \u0131", "\u03a3", "a\u03a3", "A\u03a3 B", "a\u03a3b", "a.\u03a3.", "a.\u03a3.b", "\u03a3\u03a3\u03a3", "a\u0301\u03a3\u0301",
         "a\u03a3\u0345b", "1\u03a3", "a\u03a3\u02b0", "\u02b0\u03a3", "a'\u03a3'", "a:\u03a3", "\u24b6\u03a3", "\u1e9e\u03a3\u00df",
         "\u0345", "a\u0345b", "1\u0345\u0345!", "\u01c5 \u01c8", "\u212a\u212b\u2126", "\u00bd\u2167\u2460\u0661\u4e00", "e\u0301\u0302", "\u1f88\u03b9\u0345",
         "banana bandana cabana", "mississippimississippi", "ananananananana", "thethethethethe", "ssssssssssssssss", "a" * 200, "the " * 100,
         "0123456789" * 12, "x\x00y", "\u0378\U0010ffff", "\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001d573\U0001d58a", "\u05d0\u05b8\u0640\u0644"]

PIECES = ["the", "A", "circle", "banana", "'s", "'LL", "'", " ", "  ", "\t", "\u00a0", "\x1d", "&amp;", "&lt;", "&#39;", "&#x3A3;", "&not", ";", "7", "42",
          "\u00bd", "\u03a3", "\u03c3", "\u0130", "\u0345", "\u0301", ".", ":", "!!", "<|", "|>", END, "\u00fc", "\u00dc", "\u0436", "\u4e38", "\U0001f600",
          "\u017f", "s", "\u02b0", "-", "_", "\u200d", "\u00ad"]


def main():
    merges = learn(SENTENCES, 300)
    with open("bpe_tiny.txt", "w", encoding="utf-8", newline="\n") as f:
        f.write("#version: 0.2\n" + "".join(a + " " + b + "\n" for a, b in merges))
    t = Tokenizer(merges)
    r = random.Random(1)
    texts = FIXED + SENTENCES + ["".join(r.choices(PIECES, k=r.randrange(1, 12))) for _ in range(150)]
    with open("bpe_cases.json", "w", encoding="ascii", newline="\n") as f:
        rows = (json.dumps({"text": s, "ids": t.ids(s)}, separators=(",", ":")) for s in texts)
        f.write("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
