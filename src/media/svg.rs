//! SVG to pixels: no file, no network, no fonts of the system; a thread of its own, because a few lines of it can ask for hours of
//! drawing and there is no way to stop that.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
        mpsc::{RecvTimeoutError, sync_channel},
    },
    thread::Builder,
    time::Duration,
};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{
        ImageHrefResolver, Options, Tree,
        fontdb::Database,
        roxmltree::{Document, ParsingOptions},
    },
};

use crate::words::text;

/// How long a drawing may take …
const PATIENCE: Duration = Duration::from_secs(10);
/// … and how many that took longer may still be at it before new ones are refused.
const STRAYS: usize = 2;
/// The longest text; one with more is most likely made to be slow.
const LONGEST: usize = 16 << 20;
/// Elements in elements; deeper ones would take more stack than there is.
const DEEPEST: usize = 400;
const NODES: u32 = 500_000;
const STACK: usize = 32 << 20;

/// What went wrong, in words for the end of a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    Wrong(String),
    TooLarge(u32, u32),
    Slow,
}

/// Width, height and RGBA of the whole drawing in its own size, if that has no more than `limit` pixels.
pub(super) fn draw(text: &[u8], limit: u64) -> Result<(u32, u32, Vec<u8>), Trouble> {
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
    if text.len() > LONGEST {
        let (length, most) = (text.len() / 1_000_000, LONGEST / 1_000_000);
        return Err(Trouble::Wrong(text!(
            "its text of {length} MB is over the limit of {most} MB",
            length = length,
            most = most
        )));
    }
    if RUNNING.fetch_add(1, Ordering::Relaxed) > STRAYS {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
        return Err(Trouble::Slow);
    }
    let (answer, wait) = sync_channel(1);
    let text = text.to_vec();
    let started = Builder::new().name("svg".to_owned()).stack_size(STACK).spawn(move || {
        let drawn = std::panic::catch_unwind(|| render(&text, limit));
        RUNNING.fetch_sub(1, Ordering::Relaxed);
        let _ = answer.send(drawn.unwrap_or_else(|_| Err(Trouble::Wrong(text!("the decoder failed").to_owned()))));
    });
    if started.is_err() {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
        return Err(Trouble::Slow);
    }
    match wait.recv_timeout(PATIENCE) {
        Ok(drawn) => drawn,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Err(Trouble::Slow),
    }
}

fn render(text: &[u8], limit: u64) -> Result<(u32, u32, Vec<u8>), Trouble> {
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
    let tree = Tree::from_xmltree(&document, &options).map_err(|error| match error {
        resvg::usvg::Error::InvalidSize => wrong(text!("its size cannot be right")),
        error => Trouble::Wrong(error.to_string()),
    })?;
    let size = tree.size().to_int_size();
    let (width, height) = (size.width(), size.height());
    if u64::from(width) * u64::from(height) > limit {
        return Err(Trouble::TooLarge(width, height));
    }
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
