//! A page of HTML as blocks of text, links and pictures. Reads each byte once, and no more than its bounds.

/// Bytes of a page that are read.
pub(super) const BYTES: usize = 512 << 10;
/// Pieces of a page that are kept.
pub(super) const PIECES: usize = 6000;
/// The longest reference that is a link.
const REFERENCE: usize = 4000;

/// A part of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Words as they stand.
    Text(String),
    /// Words that lead somewhere.
    Link {
        /// What is read.
        words: String,
        /// As the page writes it.
        href: String,
    },
    /// A picture, which may lead somewhere.
    Picture {
        /// As the page writes it.
        src: String,
        /// What stands for it, or beside it in its link.
        words: String,
        /// Where a click on it leads in a browser.
        href: Option<String>,
    },
}

/// How a block looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Style {
    /// Words.
    #[default]
    Plain,
    /// A heading.
    Heading,
    /// An entry of a list.
    Item,
    /// Text with its spaces.
    Preformatted,
}

/// What stands apart from what is before it and behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) style: Style,
    pub(super) pieces: Vec<Piece>,
}

/// A page as it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Html {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
    /// There is more than is read.
    pub(super) is_cut: bool,
}

impl Html {
    /// The references of its pictures, each once, in their order.
    pub(super) fn pictures(&self) -> Vec<&str> {
        let mut seen = std::collections::HashSet::new();
        let all = self.blocks.iter().flat_map(|block| &block.pieces);
        let pictures =
            all.filter_map(|piece| if let Piece::Picture { src, .. } = piece { Some(src.as_str()) } else { None });
        pictures.filter(|src| seen.insert(*src)).collect()
    }
}

/// Whether a body is a page of HTML, by what its head says or by how it begins.
pub(super) fn is_html(kind: &str, text: &str) -> bool {
    let start = text.trim_start();
    let begins = |word: &str| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    kind.contains("html") || kind.is_empty() && (begins("<!doctype html") || begins("<html"))
}

/// Reads a page.
pub(super) fn read(page: &str) -> Html {
    let mut end = page.len().min(BYTES);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let mut reader = Reader::default();
    let mut rest = page.get(..end).unwrap_or_default();
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        reader.text(text);
        if reader.count >= PIECES {
            break;
        }
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.find("-->").and_then(|at| comment.get(at + 3..)).unwrap_or_default();
            continue;
        }
        if !tag
            .get(1..)
            .is_some_and(|tag| tag.starts_with(|char: char| char.is_ascii_alphabetic() || "/!?".contains(char)))
        {
            reader.text("<");
            rest = tag.get(1..).unwrap_or_default();
            continue;
        }
        let Some(end) = end_of_tag(tag) else {
            rest = "";
            break;
        };
        let inside = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let closing = inside.starts_with('/');
        let inside = inside.trim_start_matches('/');
        let length = inside.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(length);
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            // What is no text of the page.
            "script" | "style" | "noscript" | "template" | "svg" | "title" | "textarea" | "select" if !closing => {
                let at = close(rest, &name).unwrap_or(rest.len());
                let (within, after) = rest.split_at(at);
                if name == "title" && reader.title.is_empty() {
                    reader.title = words(within);
                }
                rest = after;
            }
            _ => reader.tag(&name, closing, attributes),
        }
    }
    reader.text(rest);
    reader.close_block();
    let is_cut = page.len() > end || reader.count >= PIECES;
    Html { title: reader.title, blocks: reader.blocks, is_cut }
}

#[derive(Default)]
struct Reader {
    title: String,
    blocks: Vec<Block>,
    block: Block,
    count: usize,
    /// What is written since the last piece.
    words: String,
    /// A link that is open: where it leads, and the picture in it.
    link: Option<(String, Option<String>)>,
    preformatted: bool,
}

impl Reader {
    fn text(&mut self, text: &str) {
        if self.preformatted {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.close_block();
                }
                self.words.push_str(&entities(line.trim_end_matches('\r')));
            }
            return;
        }
        let is_space = |char: char| char.is_ascii_whitespace();
        if text.starts_with(is_space) {
            self.space();
        }
        let mut first = true;
        for word in text.split_ascii_whitespace() {
            if !std::mem::take(&mut first) {
                self.space();
            }
            self.words.push_str(&entities(word));
        }
        if text.ends_with(is_space) {
            self.space();
        }
    }

    fn space(&mut self) {
        let begins = self.words.is_empty() && self.block.pieces.is_empty();
        if !begins && !self.words.ends_with(' ') {
            self.words.push(' ');
        }
    }

    fn put(&mut self, piece: Piece) {
        self.count += 1;
        self.block.pieces.push(piece);
    }

    /// What is written so far is a piece.
    fn close_words(&mut self) {
        let words = std::mem::take(&mut self.words);
        match &self.link {
            // It stands below the picture when the link ends.
            Some((_, Some(_))) => self.words = words,
            Some((href, None)) if !words.trim().is_empty() => {
                let href = href.clone();
                self.put(Piece::Link { words: words.trim().to_owned(), href });
                if words.ends_with(' ') {
                    self.put(Piece::Text(" ".to_owned()));
                }
            }
            _ if words.is_empty() => {}
            _ => self.put(Piece::Text(words)),
        }
    }

    fn close_link(&mut self) {
        match self.link.take() {
            Some((href, Some(src))) => {
                let words = std::mem::take(&mut self.words).trim().to_owned();
                self.put(Piece::Picture { src, words, href: Some(href) });
            }
            Some(open) => {
                self.link = Some(open);
                self.close_words();
                self.link = None;
            }
            None => {}
        }
    }

    fn close_block(&mut self) {
        self.close_words();
        let block = std::mem::take(&mut self.block);
        let says = |piece: &Piece| !matches!(piece, Piece::Text(words) if words.trim().is_empty());
        if block.pieces.iter().any(says) || self.preformatted && !block.pieces.is_empty() {
            self.blocks.push(block);
        }
        self.block.style = if self.preformatted { Style::Preformatted } else { Style::Plain };
    }

    fn tag(&mut self, name: &str, closing: bool, attributes: &str) {
        match name {
            "a" => {
                self.close_words();
                self.close_link();
                // Links that only a style sheet would hold apart.
                if !closing && matches!(self.block.pieces.last(), Some(Piece::Link { .. })) {
                    self.put(Piece::Text("   ".to_owned()));
                }
                if !closing && let Some(href) = attribute(attributes, "href").filter(|href| href.len() <= REFERENCE) {
                    self.link = Some((href, None));
                }
            }
            "img" => {
                let Some(src) = attribute(attributes, "src").filter(|src| !src.is_empty() && src.len() <= REFERENCE)
                else {
                    return;
                };
                let alt = attribute(attributes, "alt").unwrap_or_default();
                self.close_words();
                match &mut self.link {
                    Some((_, picture @ None)) => {
                        *picture = Some(src);
                        self.words.push_str(&alt);
                    }
                    _ => self.put(Piece::Picture { src, words: alt, href: None }),
                }
            }
            "input" | "button" if !closing => {
                let shown = ["value", "placeholder", "aria-label"].iter().find_map(|key| attribute(attributes, key));
                if let Some(shown) = shown.filter(|_| attribute(attributes, "type").as_deref() != Some("hidden")) {
                    self.space();
                    self.words.push_str(&shown);
                    self.space();
                }
            }
            "br" | "hr" => self.close_block(),
            // Within a link all stands on one line.
            "span" | "div" | "p" | "small" | "strong" if self.link.is_some() => self.space(),
            "td" | "th" if closing => self.words.push_str("    "),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "dt" if !closing => {
                self.close_block();
                self.block.style = if name == "li" { Style::Item } else { Style::Heading };
            }
            "pre" => {
                self.close_block();
                self.preformatted = !closing;
                self.block.style = if closing { Style::Plain } else { Style::Preformatted };
            }
            "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "dt" | "dd"
            | "table" | "section" | "article" | "header" | "footer" | "main" | "nav" | "aside" | "form" | "body"
            | "blockquote" | "figure" | "figcaption" | "address" | "fieldset" | "legend" | "details" | "summary" => {
                self.close_block();
            }
            _ => {}
        }
    }
}

/// Where the `>` of a tag is, past those in quotes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (None, b'>') => return Some(at),
            _ => {}
        }
        after_equals = byte == b'=' || after_equals && byte.is_ascii_whitespace();
    }
    // A quote that never ends: the first one will do.
    quote.and(tag.find('>'))
}

/// The value of an attribute, with its entities read.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|char: char| char.is_ascii_whitespace() || char == '/');
        let end = rest.find(|char: char| char == '=' || char.is_ascii_whitespace()).unwrap_or(rest.len());
        if rest.is_empty() {
            return None;
        }
        let (key, after) = rest.split_at(end.max(1).min(rest.len()));
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next().filter(|char| matches!(char, '"' | '\'')) {
            Some(quote) => {
                let inside = value.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            None => value.split_at(value.find(|char: char| char.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(entities(value));
        }
        rest = after;
    }
}

/// Where `</name` is, in either case; each byte is looked at once.
fn close(text: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("</") {
        let begin = from + at;
        if text.get(begin + 2..begin + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(begin);
        }
        from = begin + 2;
    }
    None
}

fn words(text: &str) -> String {
    entities(&text.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
}

/// Text with its entities read; those that are not known stay as they are.
fn entities(text: &str) -> String {
    /// `&CounterClockwiseContourIntegral;` is the longest that browsers know.
    const LONGEST: usize = 33;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        let end = entity.bytes().take(LONGEST).position(|byte| byte == b';');
        let char = end.and_then(|end| entity.get(1..end)).and_then(character);
        if let (Some(char), Some(end)) = (char, end) {
            out.push(char);
            rest = entity.get(end + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = entity.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return number.ok().and_then(char::from_u32);
    }
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "copy" => '©',
        "reg" => '®',
        "deg" => '°',
        "middot" => '·',
        "bull" => '•',
        "times" => '×',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "laquo" => '«',
        "raquo" => '»',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "larr" => '←',
        "rarr" => '→',
        "euro" => '€',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Piece {
        Piece::Text(words.to_owned())
    }

    #[test]
    fn a_page_is_its_text_its_links_and_its_pictures() {
        let page = read(
            "<!doctype html><html><head><title>A &amp; B</title><style>p{}</style></head><body><h1>Head</h1>\n\
             <p>one <b>two</b> <a href='/x?a=1&amp;b'>the <i>link</i></a>, the the</p><!-- <p>no --><ul><li>x</li></ul>\
             <img src=\"p.png\" alt=\"a &lt; b\"><script>if (a < b) {}</script>1 < 2 &unknown; &#x4f60;<a >none</a>",
        );
        assert_eq!(page.title, "A & B");
        let blocks: Vec<_> = page.blocks.iter().map(|block| (block.style, block.pieces.as_slice())).collect();
        let link = Piece::Link { words: "the link".into(), href: "/x?a=1&b".into() };
        let picture = Piece::Picture { src: "p.png".into(), words: "a < b".into(), href: None };
        assert_eq!(blocks[0], (Style::Heading, &[text("Head")][..]));
        assert_eq!(blocks[1], (Style::Plain, &[text("one two "), link, text(", the the")][..]));
        assert_eq!(blocks[2], (Style::Item, &[text("x")][..]));
        assert_eq!(blocks[3].1[..], [picture, text("1 < 2 &unknown; 你"), text("none")]);
        assert_eq!(page.pictures(), ["p.png"]);
    }

    #[test]
    fn a_tile_of_a_gallery_is_a_picture_with_its_words() {
        let page = read(
            "<a class=\"tile\" href=\"cat.png?view\"><span class=\"frame\"><img src=\"/t/cat.png\" alt=\"\"></span>\
             <span class=\"name\" title=\"cat > dog\">cat.png</span><span class=\"size\">6.5 kB</span></a>",
        );
        let tile = Piece::Picture {
            src: "/t/cat.png".into(),
            words: "cat.png 6.5 kB".into(),
            href: Some("cat.png?view".into()),
        };
        assert_eq!(page.blocks[0].pieces, [tile]);
    }

    #[test]
    fn spaces_of_preformatted_text_stay() {
        let page = read("<pre>a  b\n\n  c</pre>d  e");
        let lines: Vec<_> = page.blocks.iter().flat_map(|block| &block.pieces).collect();
        assert_eq!(lines, [&text("a  b"), &text("  c"), &text("d e")]);
    }

    #[test]
    fn what_is_broken_ends_and_what_is_long_takes_no_time() {
        assert_eq!(read("a <").blocks[0].pieces, [text("a <")]);
        assert_eq!(read("<p title=\"x>y").blocks[0].pieces, [text("y")]);
        assert!(read("<script>").blocks.is_empty());
        let begin = std::time::Instant::now();
        let parts =
            ["<script></script>", "<script>", "<style></", "<!--", "<p>", "&amp;", "a ", "<", "<a href=x>y", "<x a"];
        for part in parts {
            let page = read(&part.repeat((2 << 20) / part.len()));
            assert!(page.blocks.iter().map(|block| block.pieces.len()).sum::<usize>() <= PIECES + 2, "{part}");
        }
        assert!(begin.elapsed().as_secs() < 5, "{:?}", begin.elapsed());
        assert!(read(&"<p>x".repeat(PIECES + 1)).is_cut && read(&"x".repeat(BYTES + 1)).is_cut);
    }
}
