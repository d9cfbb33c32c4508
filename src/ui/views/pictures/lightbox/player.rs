//! An animation that plays, pauses and goes on by single frames.

use std::time::Duration;

use egui::{Key, Modifiers, RichText, TextureHandle, TextureId, Ui};

use crate::{
    media::Canvas,
    ui::{
        icons, kit,
        theme::{self, Palette},
        views::shared::picture::PictureSource,
    },
    words::text,
};

/// Which frame is seen, and since when.
#[derive(Default)]
pub(super) struct Player {
    number: u32,
    since: Option<f64>,
    paused: bool,
    /// What is seen until the next frame is there: kept, so that nothing evicts it meanwhile.
    last: Option<TextureHandle>,
}

impl std::fmt::Debug for Player {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Player").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Player {
    /// The frame to draw now; asks for the one after it, and for the moment at which that is due.
    pub(super) fn frame(&mut self, ui: &Ui, canvas: &Canvas, pictures: &dyn PictureSource) -> Option<TextureId> {
        let now = ui.input(|input| input.time);
        let Some(frame) = pictures.frame(self.number) else {
            return self.last.as_ref().filter(|_| self.number > 0).map(TextureHandle::id);
        };
        let texture = frame.texture.id();
        self.last = Some(frame.texture);
        let next = (self.number + 1) % canvas.frames();
        let since = *self.since.get_or_insert(now);
        if self.paused {
            return Some(texture);
        }
        let ready = pictures.frame(next).is_some();
        let due = since + frame.pause.as_secs_f64();
        if now < due {
            ui.request_repaint_after(Duration::try_from_secs_f64(due - now).unwrap_or_default());
        } else if ready {
            // From when it was due, so that small delays do not add up; long ones are let go.
            self.since = Some(if now - due < 0.1 { due } else { now });
            self.number = next;
            ui.request_repaint();
        }
        Some(texture)
    }

    pub(super) fn buttons(&mut self, ui: &mut Ui, frames: u32) {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let keys = [pressed(Key::Period), pressed(Key::Space), pressed(Key::Comma)];
        let [forward, toggle, back] = keys;
        // From right to left.
        let (icon, name) = if self.paused { (icons::PLAY, text!("Play")) } else { (icons::PAUSE, text!("Pause")) };
        if kit::icon_button(ui, icons::ARROW_LINE_RIGHT, text!("Next frame")).clicked() || forward {
            self.step((self.number + 1) % frames);
        }
        if kit::icon_button(ui, icon, name).clicked() || toggle {
            self.paused = !self.paused;
            self.since = None;
        }
        if kit::icon_button(ui, icons::ARROW_LEFT, text!("Frame before")).clicked() || back {
            self.step((self.number + frames - 1) % frames);
        }
        let palette = Palette::of(ui);
        let words = format!("{} / {frames}", self.number + 1);
        ui.label(RichText::new(words).font(theme::mono()).color(palette.muted));
    }

    fn step(&mut self, to: u32) {
        self.number = to;
        self.paused = true;
        self.since = None;
    }
}
