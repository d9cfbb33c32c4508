//! SVG to pixels: no file, no network, no fonts of the system. A few lines of it can ask for hours of drawing and there is no
//! way to stop that, so this runs where it can be given up.

mod chain;
mod cost;

use std::sync::{Arc, LazyLock};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{
        ImageHrefResolver, Options, Tree,
        fontdb::Database,
        roxmltree::{Document, ParsingOptions},
    },
};

use self::cost::{Cost, Refused};
use crate::words::text;

/// The longest text; one with more is most likely made to be slow.
const LONGEST: usize = 16 << 20;
/// Elements in elements; deeper ones would take more stack than there is.
const DEEPEST: usize = 400;
const NODES: u32 = 500_000;

/// What went wrong, in words for the end of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Wrong(String),
    TooLarge(u32, u32),
    TooSlow,
}

/// Width, height and RGBA of the whole drawing in its own size, if that has no more than `limit` pixels.
pub(super) fn draw(text: &[u8], limit: u64) -> Result<(u32, u32, Vec<u8>), Trouble> {
    if text.len() > LONGEST {
        let (length, most) = (text.len() / 1_000_000, LONGEST / 1_000_000);
        return Err(Trouble::Wrong(text!(
            "its text of {length} MB is over the limit of {most} MB",
            length = length,
            most = most
        )));
    }
    let wrong = |words: &str| Trouble::Wrong(words.to_owned());
    let text = std::str::from_utf8(text).map_err(|_| wrong(text!("it is no text in UTF-8")))?;
    let options = Options {
        resources_dir: None,
        font_family: "Inter".to_owned(),
        fontdb: Arc::clone(&FONTS),
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            // Whatever it names lies outside the bytes.
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let reading = ParsingOptions { allow_dtd: true, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, reading)
        .map_err(|error| Trouble::Wrong(text!("its XML makes no sense in line {line}", line = error.pos().row)))?;
    if depth(&document) > DEEPEST {
        return Err(Trouble::Wrong(text!("elements lie more than {most} deep in each other", most = DEEPEST)));
    }
    if !chain::is_short(&document) {
        return Err(wrong(text!("its elements name each other in chains that are too long")));
    }
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| match error {
        resvg::usvg::Error::InvalidSize => wrong(text!("its size cannot be right")),
        error => Trouble::Wrong(error.to_string()),
    })?;
    let size = tree.size().to_int_size();
    let (width, height) = (size.width(), size.height());
    if u64::from(width) * u64::from(height) > limit {
        return Err(Trouble::TooLarge(width, height));
    }
    Cost::check(tree.root(), (width, height), limit).map_err(|refused| match refused {
        Refused::Work => Trouble::TooSlow,
        Refused::Memory => wrong(text!("a part of it has too many pixels")),
    })?;
    let mut pixmap = Pixmap::new(width, height).ok_or(Trouble::TooLarge(width, height))?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    Ok((width, height, pixmap.take_demultiplied()))
}

/// The product's own fonts, so that a picture looks the same on every machine.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(include_bytes!("../../assets/fonts/Inter-Regular.otf").to_vec());
    fonts.load_font_data(include_bytes!("../../assets/fonts/Inter-SemiBold.otf").to_vec());
    fonts.load_font_data(include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf").to_vec());
    for set in [
        Database::set_serif_family,
        Database::set_sans_serif_family,
        Database::set_cursive_family,
        Database::set_fantasy_family,
    ] {
        set(&mut fonts, "Inter");
    }
    fonts.set_monospace_family("JetBrains Mono");
    Arc::new(fonts)
});

/// How deep elements lie in each other at most.
fn depth(document: &Document) -> usize {
    let (mut deepest, mut depth) = (0, 0);
    let mut next = Some(document.root());
    while let Some(node) = next {
        deepest = deepest.max(depth);
        next = node.first_child();
        depth += usize::from(next.is_some());
        let mut up = node;
        while next.is_none() {
            next = up.next_sibling();
            if next.is_none() {
                let Some(parent) = up.parent() else { break };
                up = parent;
                depth -= 1;
            }
        }
    }
    deepest
}
