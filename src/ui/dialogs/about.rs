//! What this program is: version, licences of all that is in it, and diagnostics to send along with a question.

use std::{io::Read, sync::LazyLock};

use egui::{Label, RichText, ScrollArea, Ui};

use crate::{
    ui::{
        action::Action,
        icons, kit,
        theme::{self, Palette, SPACE},
    },
    words::text,
};

/// Names, versions and licence texts of everything that is compiled in. Written by `dist/licences.py`, packed by
/// `build.rs`, and unpacked when somebody wants to read them.
static LICENCES: LazyLock<String> = LazyLock::new(|| {
    let packed: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/licences.zz"));
    let mut text = String::new();
    // What the program was built with is whole: tests/licences.rs reads it.
    let _ = flate2::read::ZlibDecoder::new(packed).read_to_string(&mut text);
    text
});
/// Height of the texts.
const HEIGHT: f32 = 320.0;

/// A part of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Licences,
    Diagnostics,
}

/// The page while it is open.
#[derive(Clone, Debug)]
pub struct AboutPage {
    part: Part,
    system: String,
    diagnostics: String,
    /// Where the lines of the licences are, so that only those in sight are laid out.
    licences: Vec<&'static str>,
}

impl AboutPage {
    /// The page with what the program knows of its system and of itself.
    #[must_use]
    pub fn new(system: String, diagnostics: String) -> Self {
        Self { part: Part::default(), system, diagnostics, licences: LICENCES.lines().collect() }
    }
}

/// Draws the page.
pub fn show(ui: &mut Ui, page: &mut AboutPage, actions: &mut Vec<Action>) {
    let palette = Palette::of(ui);
    let version = text!("Version {version}", version = env!("CARGO_PKG_VERSION"));
    ui.label(RichText::new(version).font(theme::body_semibold()).color(palette.text));
    ui.add(Label::new(RichText::new(&page.system).color(palette.muted)).wrap());
    let free = text!("Free software: MIT or Apache 2.0, as you like.");
    ui.add(Label::new(RichText::new(free).color(palette.muted)).wrap());
    ui.add_space(SPACE);
    ui.horizontal(|ui| {
        let parts = [(Part::Licences, text!("Licences")), (Part::Diagnostics, text!("Diagnostics"))];
        kit::segmented(ui, text!("Part of the page"), &mut page.part, &parts);
        if page.part == Part::Diagnostics && kit::quiet_button(ui, icons::COPY, text!("Copy the diagnostics")).clicked()
        {
            actions.push(Action::Copy(page.diagnostics.clone()));
        }
    });
    let note = match page.part {
        Part::Licences => text!("Everything that is compiled into this program"),
        Part::Diagnostics => text!("What the program itself did; nothing that went through a socket"),
    };
    ui.label(RichText::new(note).font(theme::label()).color(palette.muted));
    let lines: Vec<&str> = match page.part {
        Part::Licences => page.licences.clone(),
        Part::Diagnostics => page.diagnostics.lines().collect(),
    };
    let font = theme::mono();
    let row = ui.fonts_mut(|fonts| fonts.row_height(&font));
    egui::Frame::new().fill(palette.background).corner_radius(theme::RADIUS).inner_margin(SPACE).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        theme::bars_beside(ui);
        let area = ScrollArea::both().id_salt(page.part as u8).max_height(HEIGHT).min_scrolled_height(HEIGHT);
        area.auto_shrink(false).show_rows(ui, row, lines.len(), |ui, rows| {
            for line in lines.get(rows).unwrap_or_default() {
                ui.add(Label::new(RichText::new(*line).font(font.clone()).color(palette.text)).extend());
            }
            kit::scroll_by_keys(ui, HEIGHT);
        });
    });
}
