//! The small curve of the last seconds that had frames: sampled when the window is drawn anyway, never by a timer.

use std::collections::VecDeque;

use egui::{Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::{model::ConnectionId, ui::theme::Palette, words::text};

const SAMPLES: usize = 60;
const APART: u64 = 250_000_000;
const HEIGHT: f32 = 44.0;

#[derive(Clone, Copy, Debug)]
struct Sample {
    nanos: u64,
    received: u64,
    sent: u64,
}

/// Samples of one connection's counters.
#[derive(Debug, Default)]
pub(super) struct Sparkline {
    connection: ConnectionId,
    samples: VecDeque<Sample>,
}

impl Sparkline {
    pub(super) fn show(&mut self, ui: &mut Ui, connection: ConnectionId, nanos: u64, received: u64, sent: u64) {
        if self.connection != connection {
            self.connection = connection;
            self.samples.clear();
        }
        let sample = Sample { nanos, received, sent };
        if self.samples.back().is_none_or(|last| nanos.saturating_sub(last.nanos) >= APART) {
            self.samples.push_back(sample);
        }
        while self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
        if self.samples.len() < 3 {
            return;
        }
        let rates: Vec<(f32, f32)> = self
            .samples
            .iter()
            .zip(self.samples.iter().skip(1))
            .map(|(before, after)| {
                let seconds = after.nanos.saturating_sub(before.nanos).max(1) as f32 / 1e9;
                let rate = |before: u64, after: u64| after.saturating_sub(before) as f32 / seconds;
                (rate(before.received, after.received), rate(before.sent, after.sent))
            })
            .collect();
        let most = rates.iter().fold(0.0_f32, |most, (received, sent)| most.max(*received).max(*sent));
        if most <= 0.0 {
            return;
        }
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text!("Traffic of the last seconds")));
        let palette = Palette::of(ui);
        let step = rect.width() / (SAMPLES - 2) as f32;
        let right = rect.right();
        let last = rates.len() - 1;
        let curve = |value: &dyn Fn(&(f32, f32)) -> f32| -> Vec<egui::Pos2> {
            let place = |(index, rate): (usize, &(f32, f32))| {
                let x = right - (last - index) as f32 * step;
                pos2(x, rect.bottom() - 4.0 - value(rate) / most * (HEIGHT - 10.0))
            };
            rates.iter().enumerate().map(place).collect()
        };
        ui.painter().line(curve(&|rate| rate.1), Stroke::new(1.5, palette.outbound));
        ui.painter().line(curve(&|rate| rate.0), Stroke::new(1.5, palette.inbound));
    }
}
