//! Where the window stands and how wide its panels are, as they come back at the next start.
//!
//! In points of the system, so that a zoom does not count. The toolkit could keep this itself, but in a file that a power
//! cut leaves broken.

use egui::{Context, Pos2, Rect, Ui, Vec2, ViewportBuilder, ViewportCommand, pos2, vec2};
use serde::{Deserialize, Serialize};

use crate::words::text;

/// The smallest window that can be used.
const SMALLEST: Vec2 = vec2(520.0, 360.0);
/// The widest and highest that is believed; the screen is the true limit, but it is not known before there is a window.
const LARGEST: f32 = 16_000.0;
/// What a task bar, a title bar and the window's edges take of a screen; no system says how much that is before there is a
/// window.
const AROUND: Vec2 = vec2(16.0, 96.0);
/// What has to be on some screen of the window's upper edge, so that a person can take hold of it.
const HANDLE: Vec2 = vec2(80.0, 24.0);

/// The places. A width of 0 is one that nobody has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::app) struct Layout {
    /// Without the frame.
    width: f32,
    height: f32,
    maximized: bool,
    /// The upper left corner with the frame; not known on Wayland.
    #[serde(skip_serializing_if = "Option::is_none")]
    corner: Option<(f32, f32)>,
    pub(in crate::app) sessions: f32,
    pub(in crate::app) inspector: f32,
}

impl Default for Layout {
    fn default() -> Self {
        Self { width: 1280.0, height: 800.0, maximized: false, corner: None, sessions: 0.0, inspector: 0.0 }
    }
}

impl Layout {
    /// Puts right what no window can have.
    pub(in crate::app) fn put_right(&mut self) {
        let sound = |value: f32, least: f32, otherwise: f32| {
            if value.is_finite() && value >= least { value.min(LARGEST) } else { otherwise }
        };
        let usual = Self::default();
        self.width = sound(self.width, SMALLEST.x, usual.width);
        self.height = sound(self.height, SMALLEST.y, usual.height);
        self.corner = self.corner.filter(|(x, y)| x.abs() < LARGEST && y.abs() < LARGEST);
        self.sessions = sound(self.sessions, 0.0, 0.0);
        self.inspector = sound(self.inspector, 0.0, 0.0);
    }

    /// What the window is opened with. Its place is chosen later, by [`Layout::place`], when the screens are known.
    pub(in crate::app) fn open(&self, builder: ViewportBuilder) -> ViewportBuilder {
        builder.with_inner_size([self.width, self.height]).with_min_inner_size(SMALLEST).with_maximized(self.maximized)
    }

    /// Moves the window to where it was, when that is on one of the `screens`, and makes it smaller when it would not fit.
    pub(in crate::app) fn place(&self, ctx: &Context, screens: impl Iterator<Item = Rect>) {
        let screens: Vec<Rect> = screens.collect();
        // These sizes are points of the system; a command's are those of the zoom.
        let zoom = ctx.zoom_factor();
        let corner = self.seen(screens.iter().copied());
        if let Some(size) = self.fitting(&screens, corner) {
            ctx.send_viewport_cmd(ViewportCommand::InnerSize(size / zoom));
        }
        if let Some(corner) = corner {
            // At its first frame the window is not shown yet, so nobody sees it move.
            ctx.send_viewport_cmd(ViewportCommand::OuterPosition((corner.to_vec2() / zoom).to_pos2()));
        }
    }

    /// The size that fits the screen on which the window comes up, where its own does not.
    fn fitting(&self, screens: &[Rect], corner: Option<Pos2>) -> Option<Vec2> {
        let on = corner.and_then(|corner| screens.iter().find(|screen| screen.contains(corner)));
        let screen = on.or(screens.first()).filter(|_| !self.maximized)?;
        let room = (screen.size() - AROUND).max(SMALLEST);
        let wanted = vec2(self.width, self.height);
        (wanted.x > room.x || wanted.y > room.y).then(|| wanted.min(room))
    }

    fn seen(&self, mut screens: impl Iterator<Item = Rect>) -> Option<Pos2> {
        let (x, y) = self.corner.filter(|_| !self.maximized)?;
        let edge = Rect::from_min_size(pos2(x, y), vec2(self.width, HANDLE.y));
        let held = screens.any(|screen| {
            let both = screen.intersect(edge);
            both.width() >= HANDLE.x && both.height() >= HANDLE.y / 2.0
        });
        held.then_some(pos2(x, y))
    }

    /// Notes where the window stands now.
    pub(in crate::app) fn note(&mut self, ctx: &Context) {
        let zoom = ctx.zoom_factor();
        ctx.input(|input| {
            let now = input.viewport();
            if now.minimized == Some(true) || now.fullscreen == Some(true) {
                return;
            }
            self.maximized = now.maximized == Some(true);
            // The size to come back to is the one before.
            if self.maximized {
                return;
            }
            if let Some(inner) = now.inner_rect.filter(Rect::is_positive) {
                (self.width, self.height) = ((inner.width() * zoom).round(), (inner.height() * zoom).round());
            }
            self.corner = now.outer_rect.map(|outer| ((outer.min.x * zoom).round(), (outer.min.y * zoom).round()));
        });
        self.put_right();
    }
}

/// Something that is true or not of each panel beside the page: that a person has it open, that the window has room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::app) struct Panels {
    #[serde(rename = "sessions_open")]
    pub(in crate::app) sessions: bool,
    #[serde(rename = "inspector_open")]
    pub(in crate::app) inspector: bool,
}

impl Default for Panels {
    fn default() -> Self {
        Self { sessions: true, inspector: true }
    }
}

/// A width that was chosen, or else the usual one.
pub(in crate::app) fn chosen(width: f32, usual: f32) -> f32 {
    if width > 0.0 { width } else { usual }
}

/// Names the edge by which a panel is made wider, for a screen reader; the toolkit names it in English only.
pub(in crate::app) fn name_edge(ui: &Ui, panel: &str) {
    let edge = ui.scope_id().with_salt(egui::IdSalt::new(panel)).with("__resize");
    ui.ctx().accesskit_node_builder(edge, |node| node.set_label(text!("Width of the panel")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_window_can_have_is_put_right() {
        let mut layout = Layout {
            width: f32::NAN,
            height: 1e30,
            corner: Some((f32::INFINITY, 0.0)),
            sessions: -3.0,
            ..Layout::default()
        };
        layout.put_right();
        assert_eq!(layout, Layout { height: LARGEST, ..Layout::default() });
    }

    #[test]
    fn a_window_comes_back_only_to_where_it_can_be_taken_hold_of() {
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(1920.0, 1080.0));
        let at = |x, y| Layout { corner: Some((x, y)), ..Layout::default() }.seen([screen].into_iter());
        assert_eq!(at(100.0, 50.0), Some(pos2(100.0, 50.0)));
        assert_eq!(at(-1000.0, 0.0), Some(pos2(-1000.0, 0.0)));
        for (x, y) in [(-1270.0, 0.0), (1900.0, 10.0), (10.0, 1079.0), (10.0, -20.0), (4000.0, 10.0)] {
            assert_eq!(at(x, y), None, "{x} {y}");
        }
        assert_eq!(Layout::default().seen([screen].into_iter()), None);
    }

    #[test]
    fn a_first_window_fits_the_screen_it_comes_up_on() {
        let screen = |width, height| Rect::from_min_size(Pos2::ZERO, vec2(width, height));
        let first = Layout::default();
        assert_eq!(first.fitting(&[screen(1920.0, 1080.0)], None), None);
        assert_eq!(first.fitting(&[screen(1366.0, 768.0)], None), Some(vec2(1280.0, 672.0)));
        assert_eq!(first.fitting(&[screen(1024.0, 640.0)], None), Some(vec2(1008.0, 544.0)));
        assert_eq!(first.fitting(&[screen(400.0, 300.0)], None), Some(SMALLEST), "never smaller than it can be used");
        assert_eq!(first.fitting(&[], None), None);
        assert_eq!(Layout { maximized: true, ..first }.fitting(&[screen(800.0, 600.0)], None), None);
        let second = Rect::from_min_size(pos2(1920.0, 0.0), vec2(1280.0, 720.0));
        let there = Some(pos2(1930.0, 10.0));
        assert_eq!(first.fitting(&[screen(1920.0, 1080.0), second], there), Some(vec2(1264.0, 624.0)));
    }
}
