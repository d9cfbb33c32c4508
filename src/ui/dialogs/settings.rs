//! The page that changes the preferences of a person.

use egui::{RichText, Ui};

use crate::{
    ui::{
        action::Action,
        icons,
        kit::{
            self,
            form::{self, FieldErrors},
        },
        preferences::{Preferences, ThemeChoice},
        theme::{self, Palette, SPACE},
    },
    words::{Language, text},
};

/// Below this width choices are lists that open.
const CHOICES: f32 = 340.0;

/// The page while it is open: numbers as they are typed.
#[derive(Clone, Debug)]
pub struct SettingsPage {
    rows: String,
    mib: String,
    /// Reset was pressed once.
    sure: bool,
}

impl SettingsPage {
    /// The page as it opens.
    #[must_use]
    pub fn new(preferences: &Preferences) -> Self {
        Self { rows: preferences.journal_rows.to_string(), mib: preferences.journal_mib.to_string(), sure: false }
    }
}

/// Draws the page and pushes the preferences whenever one has changed and all make sense.
pub fn show(ui: &mut Ui, page: &mut SettingsPage, preferences: &Preferences, actions: &mut Vec<Action>) {
    let mut wanted = *preferences;
    let narrow = ui.available_width() < CHOICES;
    kit::section_title(ui, text!("Look"));
    line(ui, text!("Theme"), |ui| {
        let options = [
            (ThemeChoice::Light, text!("Light")),
            (ThemeChoice::Dark, text!("Dark")),
            (ThemeChoice::System, text!("As the system")),
        ];
        kit::choice(ui, text!("Theme"), &mut wanted.theme, &options, narrow);
    });
    line(ui, text!("Language"), |ui| {
        let named = Language::all().map(|language| (Some(language), language.own_name()));
        let options: Vec<_> = named.chain([(None, text!("As the system"))]).collect();
        kit::choice(ui, text!("Language"), &mut wanted.language, &options, narrow);
    });
    line(ui, text!("Text size"), |ui| {
        let options = [(0.9, "90 %"), (1.0, "100 %"), (1.25, "125 %"), (1.5, "150 %"), (2.0, "200 %")];
        kit::choice(ui, text!("Text size"), &mut wanted.zoom, &options, narrow);
    });
    kit::checkbox(ui, &mut wanted.reduced_motion, text!("No motion"));

    kit::checkbox(ui, &mut wanted.ask_before_ending, text!("Ask before ending what has open connections"));

    kit::section_title(ui, text!("Notifications"));
    kit::checkbox(ui, &mut wanted.notifications, text!("Tell of first connections and pictures"));
    note(ui, text!("Outside of the window, and only while another one is in front."));

    kit::section_title(ui, text!("Send box"));
    line(ui, text!("Send with"), |ui| {
        let options = [(true, text!("Enter")), (false, text!("Ctrl Enter"))];
        kit::choice(ui, text!("Send with"), &mut wanted.enter_sends, &options, narrow);
    });

    kit::section_title(ui, text!("Journal"));
    let mut errors = FieldErrors::default();
    wanted.journal_rows = errors.number("rows", &page.rows, Preferences::ROWS, preferences.journal_rows);
    wanted.journal_mib = errors.number("mib", &page.mib, Preferences::MIB, preferences.journal_mib);
    let half = (ui.available_width() - form::GAP) / 2.0;
    let mut done = false;
    form::columns(ui, |ui| {
        done |=
            form::column(ui, half, |ui| form::text(ui, "rows", text!("Records"), "2000000", &mut page.rows, &errors))
                .lost_focus();
        let usual = Preferences::default().journal_mib.to_string();
        done |=
            form::column(ui, half, |ui| form::text(ui, "mib", text!("Memory, MiB"), &usual, &mut page.mib, &errors))
                .lost_focus();
    });
    ui.add_space(SPACE);
    note(
        ui,
        text!("What comes first is the limit. The oldest records go when it is full, and the status bar counts them."),
    );
    note(
        ui,
        text!(
            "The memory is for all that is kept: two fifths for records, the rest for pictures and for what sites have ready."
        ),
    );

    ui.add_space(SPACE);
    kit::section_title(ui, text!("Everything"));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = SPACE;
        if page.sure {
            if kit::danger_button(ui, icons::ARROW_COUNTER_CLOCKWISE, text!("Reset all settings")).clicked() {
                actions.push(Action::ResetSettings);
            }
            page.sure = !kit::quiet_button(ui, None, text!("Keep them")).clicked();
        } else {
            page.sure = kit::button(ui, icons::ARROW_COUNTER_CLOCKWISE, text!("Reset all settings…")).clicked();
        }
    });
    note(ui, text!("Forms, look and recent files as at the first start; saved messages stay."));

    // A budget takes effect when its field is left: a half-typed number would evict what the person wants to keep.
    if !done {
        wanted.journal_rows = preferences.journal_rows;
        wanted.journal_mib = preferences.journal_mib;
    }
    if wanted != *preferences {
        actions.push(Action::Prefer(wanted));
    }
}

fn note(ui: &mut Ui, words: &str) {
    let color = Palette::of(ui).muted;
    ui.add(egui::Label::new(RichText::new(words).font(theme::label()).color(color)).wrap());
}

fn line(ui: &mut Ui, label: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL + 2.0);
        let size = egui::vec2(72.0, theme::CONTROL);
        ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_size(size);
            ui.label(RichText::new(label).color(Palette::of(ui).text));
        });
        control(ui);
    });
    ui.add_space(2.0);
}
