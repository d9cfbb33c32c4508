//! The page of a lab, put together from what runs, and the view below it.

use std::{net::IpAddr, path::PathBuf};

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::{
    super::model::{
        Model,
        labs::Bench,
        naming,
        state::{Phase, Session},
    },
    Draw, lab_words, rows,
};
use crate::{
    lessons::{LabClient, Needs, Substitute, steps},
    model::{ListenConfig, SessionId, Side, State},
    ui::{
        action::{Action, Selection},
        kit::Tone,
        theme::Palette,
        views::lab::{self, LabData, LabNeed, LabSide, LabView, Outcome, Place, SideData, Stand},
        views::ladder::LadderInput,
    },
    words::{counted, span, text},
};

/// Below this one ladder alone is drawn.
const BESIDE: f32 = 900.0;

impl Draw<'_> {
    /// Draws the page of the open lab.
    pub(super) fn lab_page(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let Some(id) = self.model.labs.open else { return };
        let Some(bench) = self.model.labs.benches.get(id) else { return };
        let data = self.lab_data(bench);
        let mut page = bench.page.clone();
        let palette = Palette::of(ui);
        let room = ui.available_height();
        let margin = Margin { left: 16, right: 8, top: 12, bottom: 0 };
        let frame = Frame::new().fill(palette.panel).inner_margin(margin);
        // The height is that of what it holds.
        Panel::top(egui::Id::unique(("lab", id))).resizable(false).frame(frame).show(ui, |ui| {
            lab::show(ui, &mut page, &data, room, actions);
        });
        if page.listen_port != bench.page.listen_port {
            // Both ends are meant to meet.
            page.call_port.clone_from(&page.listen_port);
        }
        if let Some(bench) = self.model.labs.benches.get_mut(id) {
            bench.page = page;
        }
        CentralPanel::no_frame().show(ui, |ui| self.lab_view(ui, id, actions));
    }

    fn lab_view(&mut self, ui: &mut Ui, id: &'static str, actions: &mut Vec<Action>) {
        let Some(bench) = self.model.labs.benches.get(id) else { return };
        let mut asked: Vec<Action> = Vec::new();
        match bench.page.view {
            LabView::Python => {
                let (sides, source) = program(bench);
                if let Some(bench) = self.model.labs.benches.get_mut(id) {
                    lab::program(ui, &mut bench.page, &sides, &source, actions);
                }
                return;
            }
            LabView::Files => {
                self.lab_files(ui, id, actions);
                return;
            }
            LabView::Outcomes => {
                let (rows, hint) = self.outcomes(bench);
                lab::outcomes(ui, &rows, hint, actions);
                return;
            }
            LabView::Steps => {
                lab::steps(ui, &steps(id), None);
                return;
            }
            _ if self.shows_nothing() => {
                let hint = match (&bench.lab.listener, &bench.lab.client) {
                    (Some(_), Some(_)) => text!("Start both, or one of them and the Python program as the other."),
                    _ => text!("Start it to see what happens."),
                };
                lab::steps(ui, &steps(id), Some(hint));
            }
            LabView::Ladder => self.lab_ladders(ui, &mut asked),
            LabView::Stream => self.stream(ui, &mut asked),
            LabView::Exchange => {
                let session = self.model.state.chosen_session().and_then(|id| self.model.state.sessions.get(&id));
                if session.is_some_and(|session| session.plan.fetch().is_some()) {
                    self.http(ui, &mut asked);
                } else {
                    self.conversation(ui, &mut asked);
                }
            }
        }
        actions.extend(asked);
    }

    /// The ladder of what is chosen; where the other end is ours as well and there is room, both beside each other, the
    /// listener's at the left as on the page.
    fn lab_ladders(&mut self, ui: &mut Ui, asked: &mut Vec<Action>) {
        let chosen = self.model.state.chosen();
        let both = chosen.and_then(|chosen| Some((chosen, self.model.state.peer_of(chosen)?)));
        let Some((chosen, peer)) = both.filter(|_| ui.available_width() >= BESIDE) else {
            return self.ladder(ui, asked);
        };
        let chosen_is_left = chosen.identity().side != Side::Connected;
        let input = |connection, peer| {
            let identity: &crate::journal::Identity = crate::journal::Connection::identity(connection);
            let session = self.model.state.sessions.get(&identity.session);
            let listening = session.filter(|session| !session.local.is_unnamed());
            let listening = listening.and_then(|session| Some((&session.local, session.plan.listen()?.backlog)));
            LadderInput {
                connection,
                encoding: self.model.state.encodings.of(identity.session),
                peer: Some(peer),
                listening,
            }
        };
        let (chosen, peer) = (input(chosen, peer), input(peer, chosen));
        let views = &mut self.model.views;
        let (left, right) = if chosen_is_left {
            ((&mut views.ladder, chosen), (&mut views.ladder_beside, peer))
        } else {
            ((&mut views.ladder_beside, peer), (&mut views.ladder, chosen))
        };
        let half = (ui.available_width() / 2.0).floor();
        Panel::left("ladder of the listener").exact_size(half).resizable(false).frame(Frame::new()).show(ui, |ui| {
            left.0.show(ui, &left.1, asked);
        });
        CentralPanel::no_frame().show(ui, |ui| right.0.show(ui, &right.1, asked));
    }

    /// Nothing is chosen, or a listener that never came to be; its card says why.
    fn shows_nothing(&self) -> bool {
        let session = self.model.state.chosen_session().and_then(|id| self.model.state.sessions.get(&id));
        session
            .is_none_or(|session| session.is_listener() && session.failure.is_some() && session.connections.is_empty())
    }

    fn lab_data(&self, bench: &Bench) -> LabData {
        let lab = &bench.lab;
        let views = match &lab.client {
            Some(LabClient::Families) => vec![LabView::Outcomes, LabView::Steps, LabView::Python],
            Some(LabClient::Reach(_) | LabClient::Crowd { .. }) => {
                vec![LabView::Outcomes, LabView::Exchange, LabView::Ladder, LabView::Steps, LabView::Python]
            }
            Some(LabClient::SizedFile(_)) => {
                vec![
                    LabView::Files,
                    LabView::Exchange,
                    LabView::Ladder,
                    LabView::Stream,
                    LabView::Steps,
                    LabView::Python,
                ]
            }
            _ => vec![LabView::Exchange, LabView::Ladder, LabView::Stream, LabView::Steps, LabView::Python],
        };
        LabData {
            id: lab.id,
            title: lab.title,
            summary: lab.summary,
            listener: lab.listener.as_ref().map(|_| self.listener_side(bench)),
            client: lab.client.as_ref().map(|client| self.client_side(bench, client)),
            views,
            connection: self
                .tabs()
                .connection
                .filter(|_| !matches!(bench.page.view, LabView::Outcomes | LabView::Steps | LabView::Python)),
        }
    }

    fn listener_side(&self, bench: &Bench) -> SideData {
        let config = bench.listen_config().unwrap_or_default();
        let session = bench.listener.and_then(|id| self.model.state.sessions.get(&id).map(|session| (id, session)));
        let mut side = SideData {
            facts: lab_words::listener(&config),
            place: if config.transport.path().is_some() { Place::Path } else { Place::Port },
            need: bench.lab.needs().map(|need| match need {
                Needs::Picture => LabNeed::Picture,
                Needs::Folder => LabNeed::Folder,
            }),
            can_edit: true,
            ..SideData::default()
        };
        side.blocker = self.blocker(bench, &config);
        let Some((id, session)) = session else { return side };
        let running = session.phase != Phase::Over;
        side.running = running.then_some(id);
        side.stand = match session.phase {
            Phase::Starting => Stand::Starting,
            Phase::Running => Stand::Running(text!("listening on {address}", address = naming::address(session))),
            Phase::Over if session.failure.is_some() => Stand::Over(text!("not listening").to_owned()),
            Phase::Over => Stand::Over(text!("stopped").to_owned()),
        };
        if running {
            side.blocker = None;
        }
        side.here_only = session.local.inet().is_some_and(|local| local.ip().is_loopback())
            && config.transport == crate::model::Transport::Tcp;
        side.remark = if running { bench.remark.clone() } else { String::new() };
        side.failure = session.failure.clone().filter(|_| !running);
        let newest = session.connections.iter().rev().take(4);
        side.links = newest
            .filter_map(|id| self.model.state.connections.get(id))
            .map(|known| {
                let selection = Selection::Connection(known.shared.id());
                (selection, naming::peer(known), self.model.state.selection == selection)
            })
            .collect();
        side
    }

    /// Another listener of this program that has the port already.
    fn blocker(&self, bench: &Bench, config: &ListenConfig) -> Option<(String, SessionId)> {
        if config.port == 0 || config.transport.path().is_some() {
            return None;
        }
        let wanted = config.bind.parse::<IpAddr>().ok();
        let has = |session: &Session| {
            let Some(theirs) = session.plan.listen() else { return false };
            let local = session.local.inet().filter(|local| local.port() == config.port);
            let same =
                |ip: IpAddr| wanted.is_none_or(|wanted| wanted == ip || wanted.is_unspecified()) || ip.is_unspecified();
            session.phase == Phase::Running
                && theirs.transport == config.transport
                && local.is_some_and(|local| same(local.ip()))
        };
        let mut others = self.model.state.sessions.iter().filter(|(id, _)| bench.listener != Some(**id));
        let (id, session) = others.find(|(_, session)| has(session))?;
        let owner = self.model.labs.benches.values().find(|bench| bench.listener == Some(*id));
        let name = owner.map_or_else(|| session.plan.kind().title(), |bench| bench.lab.title.to_owned());
        let words = text!(
            "“{name}” listens on port {port} now: stop it, or take another port",
            name = name,
            port = config.port
        );
        Some((words, *id))
    }

    fn client_side(&self, bench: &Bench, client: &LabClient) -> SideData {
        let place = match client {
            LabClient::Families => Place::Protocol,
            LabClient::Raw { config, .. } if config.transport.path().is_some() => {
                // The field is on the listener's card, and both use it.
                if bench.lab.listener.is_some() { Place::Nowhere } else { Place::Path }
            }
            _ => Place::Port,
        };
        let sessions: Vec<(SessionId, &Session)> =
            bench.clients.iter().filter_map(|id| Some((*id, self.model.state.sessions.get(id)?))).collect();
        let several = matches!(client, LabClient::Reach(_) | LabClient::Crowd { .. });
        let mut side = SideData {
            facts: lab_words::client(client),
            place,
            can_edit: !matches!(client, LabClient::Families),
            stand: self.stand(&sessions, client),
            ..SideData::default()
        };
        side.one_more = matches!(client, LabClient::Raw { .. } | LabClient::SizedFile(_) | LabClient::Crowd { .. })
            && sessions.iter().any(|(_, session)| session.phase != Phase::Over);
        if let LabClient::Families = client {
            side.stand = match (bench.exploring, bench.probes.len()) {
                (true, _) => Stand::Starting,
                (false, 0) => Stand::Idle,
                (false, count) => Stand::Over(counted!("{n} combinations tried", n = count as u64)),
            };
        }
        if !several {
            side.failure = sessions.last().and_then(|(_, session)| session.failure.clone());
            side.links = sessions
                .iter()
                .map(|(id, session)| {
                    let selection = Selection::Session(*id);
                    (selection, link(session, self.model), self.model.state.selection == selection)
                })
                .collect();
        }
        side
    }

    /// How far the clients are, in words.
    fn stand(&self, sessions: &[(SessionId, &Session)], client: &LabClient) -> Stand {
        let Some((_, last)) = sessions.last() else { return Stand::Idle };
        let running = sessions.iter().filter(|(_, session)| session.phase != Phase::Over).count();
        let several = matches!(client, LabClient::Reach(_) | LabClient::Crowd { .. });
        let connection = last.connections.last().and_then(|id| self.model.state.connections.get(id));
        match last.phase {
            _ if several && running > 0 => Stand::Running(text!("{n} under way", n = running)),
            Phase::Starting => Stand::Starting,
            Phase::Running if connection.is_some_and(|known| known.shared.state() == State::CloseWait) => {
                Stand::Running(text!("the peer has finished; this end stays open until you close it").to_owned())
            }
            Phase::Running => Stand::Running(text!("connected").to_owned()),
            Phase::Over if several => Stand::Over(text!("all over").to_owned()),
            Phase::Over if last.failure.is_some() => Stand::Over(text!("not connected").to_owned()),
            Phase::Over => Stand::Over(last.page.as_deref().map_or_else(|| text!("closed").to_owned(), rows::answer)),
        }
    }

    fn outcomes(&self, bench: &Bench) -> (Vec<Outcome>, &'static str) {
        match bench.client() {
            Some(LabClient::Reach(attempts)) => {
                let attempt = |(index, attempt): (usize, crate::lessons::Attempt)| {
                    let address = format!("{}:{}", attempt.config.host, attempt.config.port);
                    let session = bench.clients.get(index).copied();
                    self.outcome(bench, session, attempt.title.to_owned(), address)
                };
                let hint = text!(
                    "connect_ex returns 0 or the number of the error. Refused: the host is there, and nobody listens on that port. Timed out: nothing came back at all."
                );
                (attempts.into_iter().enumerate().map(attempt).collect(), hint)
            }
            Some(LabClient::Crowd { count, .. }) => {
                let row = |index: usize| {
                    let session = bench.clients.get(index).copied();
                    let local = session
                        .and_then(|id| self.model.state.sessions.get(&id)?.connections.last())
                        .and_then(|id| self.model.state.connections.get(id))
                        .map_or_else(|| "–".to_owned(), |known| known.shared.identity().names.local.to_string());
                    self.outcome(bench, session, (index + 1).to_string(), local)
                };
                let hint = text!(
                    "connect returns as soon as the system has put the caller into the queue; the listener's accept comes later. Who finds the queue full hears nothing and gives up when the time is over."
                );
                ((0..usize::try_from(count).unwrap_or(0)).map(row).collect(), hint)
            }
            _ => {
                let hint = text!(
                    "What this system really gives, asked of the system and not of a table. Each socket was closed again at once."
                );
                (bench.probes.iter().map(probe).collect(), hint)
            }
        }
    }

    fn outcome(&self, bench: &Bench, id: Option<SessionId>, title: String, address: String) -> Outcome {
        let session = id.and_then(|id| self.model.state.sessions.get(&id));
        let times = id.and_then(|id| bench.times.get(&id));
        let took = times.and_then(|(began, ended)| Some(span((*ended)?.saturating_sub(*began)))).unwrap_or_default();
        let crowd = matches!(bench.lab.client, Some(LabClient::Crowd { .. }));
        let answered = session
            .and_then(|session| self.model.state.connections.get(session.connections.last()?))
            .is_some_and(|known| known.shared.received().0 > 0);
        let (tone, words) = match session {
            None => (Tone::Info, text!("not started").to_owned()),
            Some(Session { failure: Some(failure), .. }) => {
                let words = if crowd { text!("turned away").to_owned() } else { failure.message() };
                (Tone::Bad, words)
            }
            Some(session) if session.connections.is_empty() && session.phase == Phase::Over => {
                (Tone::Info, text!("stopped").to_owned())
            }
            Some(session) if session.connections.is_empty() => (Tone::Warning, text!("no answer yet").to_owned()),
            Some(_) if !crowd => (Tone::Good, text!("connected; connect_ex returned 0").to_owned()),
            Some(_) if answered => (Tone::Good, text!("served").to_owned()),
            Some(session) if session.phase == Phase::Over => (Tone::Info, text!("ended without an answer").to_owned()),
            Some(_) => (Tone::Warning, text!("connected, waits in the queue").to_owned()),
        };
        let failure = session.and_then(|session| session.failure.clone());
        let words = match (&failure, crowd) {
            (Some(failure), true) => format!("{words} · {} · {}", failure.code(), failure.message()),
            (Some(failure), false) => format!("{} · {words}", failure.code()),
            _ => words,
        };
        let shows =
            id.filter(|_| session.is_some_and(|session| !session.connections.is_empty())).map(Selection::Session);
        Outcome { title, address, tone, words, took, failure, shows }
    }
}

fn probe(probe: &crate::engine::Probe) -> Outcome {
    let (tone, words) = match &probe.outcome {
        Ok(descriptor) => (Tone::Good, text!("descriptor {number}", number = descriptor)),
        Err(failure) if failure.hint().is_empty() => (Tone::Bad, format!("{} · {}", failure.code(), failure.message())),
        Err(failure) => (Tone::Bad, format!("{} · {}; {}", failure.code(), failure.message(), failure.hint())),
    };
    Outcome {
        title: probe.family.to_owned(),
        address: format!("{}, {}", probe.kind, probe.protocol),
        tone,
        words,
        took: String::new(),
        failure: probe.outcome.as_ref().err().cloned(),
        shows: None,
    }
}

/// What a client's session is called among its siblings.
fn link(session: &Session, model: &Model) -> String {
    if let Some(config) = session.plan.fetch() {
        let path = config.url.split_once("://").map_or(config.url.as_str(), |(_, rest)| rest);
        let path = path.find('/').and_then(|at| path.get(at..)).unwrap_or("/");
        let status = session.page.as_deref().map_or_else(String::new, |page| format!(" → {}", rows::answer(page)));
        return format!("{} {path}{status}", config.method);
    }
    let known = session.connections.last().and_then(|id| model.state.connections.get(id));
    known.map_or_else(|| naming::address(session), |known| naming::names(known).trim().to_owned())
}

/// Which sides have a program, and that of the chosen side with the addresses of the page.
fn program(bench: &Bench) -> (Vec<LabSide>, String) {
    let programs = [(LabSide::Listener, bench.lab.python_listener), (LabSide::Client, bench.lab.python_client)];
    let sides: Vec<LabSide> = programs.iter().filter(|(_, program)| program.is_some()).map(|(side, _)| *side).collect();
    let page = &bench.page;
    let side = if sides.contains(&page.program) { page.program } else { LabSide::Client };
    let text = |value: &str| Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
    let file = text(&page.file).map(PathBuf::from);
    let host = if side == LabSide::Listener { &page.bind } else { &page.host };
    let values = Substitute {
        host: text(host),
        port: page.port(side),
        protocol: Some(page.protocol),
        path: text(&page.path).map(PathBuf::from),
        folder: file.clone().filter(|_| bench.lab.needs() == Some(Needs::Folder)),
        picture: file.filter(|_| bench.lab.needs() == Some(Needs::Picture)),
    };
    let program = programs.iter().find(|(of, _)| *of == side).and_then(|(_, program)| *program);
    (sides, program.map_or_else(String::new, |program| program.with(&values)))
}
