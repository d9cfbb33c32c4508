//! A listener that is to stand on another address of this PC, with the port that it has.

use super::super::model::{
    Model,
    state::{Phase, Plan},
};
use crate::{
    engine::Command,
    model::{SessionId, Transport},
    ui::{action::Selection, kit::Tone},
    words::text,
};

impl Model {
    /// Lets a listener stand on another address, with the port that it has.
    pub(super) fn rebind(&mut self, id: SessionId, bind: String) {
        let Some(entry) = self.state.sessions.get_mut(&id).filter(|entry| entry.phase == Phase::Running) else {
            return;
        };
        let Plan::Listen(config) = &entry.plan else { return };
        match config.transport {
            Transport::Tcp => {
                entry.moves_to = Some(bind.clone());
                self.command(Command::Rebind { session: id, bind });
            }
            // Its one socket is all its peers have: it ends, and another one is bound in its place.
            Transport::Udp => {
                entry.moves_to = Some(bind);
                self.command(Command::Stop(id));
            }
            _ => {}
        }
    }

    /// A listener stands where it was asked to.
    pub(super) fn has_moved(&mut self, id: SessionId) {
        let Some(entry) = self.state.sessions.get_mut(&id) else { return };
        let Some(bind) = entry.moves_to.take() else { return };
        let here = entry.local.inet().is_some_and(|local| local.ip().is_loopback());
        if let Plan::Listen(config) = &mut entry.plan {
            config.bind = bind;
        }
        self.state.changes += 1;
        self.state.say(
            Tone::Good,
            if here { text!("Only this PC can reach it now") } else { text!("Other PCs can reach it now") },
        );
    }

    /// A datagram listener that is to stand elsewhere has ended: it begins there; true when it does.
    pub(super) fn moves_on(&mut self, id: SessionId) -> bool {
        let Some(entry) = self.state.sessions.get_mut(&id) else { return false };
        let Some(bind) = entry.moves_to.take() else { return false };
        let Plan::Listen(mut config) = entry.plan.clone() else { return false };
        if let Some(local) = entry.local.inet() {
            config.port = local.port();
        }
        config.bind.clone_from(&bind);
        let shown = self.state.chosen_session() == Some(id);
        let again = self.replace(id, Plan::Listen(config));
        if let Some(entry) = self.state.sessions.get_mut(&again) {
            entry.moves_to = Some(bind);
        }
        if shown {
            self.select(Selection::Session(again));
        }
        true
    }
}
