//! What a person asked for: a line an action.

use super::super::model::{Effect, Model, effect::PictureForm, state::Plan};
use crate::{
    engine::Command,
    model::{LiveOption, Target},
    respond,
    ui::{
        action::{Action, PathFor, Pick},
        kit::Tone,
        views::pictures::lightbox::Lightbox,
    },
    words::text,
};

impl Model {
    /// Does one thing.
    pub(super) fn execute(&mut self, action: Action) {
        match action {
            Action::Listen(config) => self.start_from_form(Plan::Listen(config)),
            Action::Connect(config, script) => self.connect_from_form(Plan::Connect(config), script),
            Action::Fetch(config) => self.start_from_form(Plan::Fetch(config)),
            Action::FetchHere(config) => self.fetch(config),
            Action::FollowLink(reference) => self.follow_link(&reference),
            Action::FollowRedirect => self.follow_redirect(),
            Action::LoadPictures(sources) => self.load_pictures(sources),
            Action::StopFetch => self.stop_chosen(),
            Action::Restart { session, any_port } => self.restart(session, any_port),
            Action::TryIt => self.try_both_ends(),
            Action::OfferLastTime => self.offer_last_time(),
            Action::Stop(session) => self.stop(session),
            Action::End(ending, never) => self.end(ending, never),
            Action::Rebind(session, bind) => self.rebind(session, bind),
            Action::Rename(session, name) => {
                self.overlay = None;
                self.rename(session, &name);
            }
            Action::AskName(session) => self.ask_name(session),
            Action::Remove(session) => self.state.remove(session),
            Action::HalfClose(connection) => self.command(Command::HalfClose(Target::Connection(connection))),
            Action::Close(connection) => self.close(connection),
            Action::Reset(connection) => self.command(Command::Reset(Target::Connection(connection))),
            Action::SetRecvSize(connection, size) => self.set_recv_size(connection, size),
            Action::SetNodelay(connection, on) => {
                self.command(Command::Set { connection, option: LiveOption::Nodelay(on) });
            }
            Action::Inspect(connection) => self.inspect(connection),
            Action::Serve { session, site, serving } => self.serve(session, site, serving),
            Action::Decide(large) => self.decide(large),

            Action::Send { to, bytes } => self.send(&to, &bytes),
            Action::SendFile { to, path } => self.send_file(to, path),
            Action::Cancel(transfer) => self.command(Command::Cancel(transfer)),
            Action::Repeat { to, pieces, pace } => self.repeat(to, pieces, pace),
            Action::StopRepeat => self.stop_repeat(),
            Action::KeepMessage(message) => self.keep_message(message),
            Action::ForgetMessage(at) => self.forget_message(at),
            Action::RaiseMessage(at) => self.raise_message(at),
            Action::PasteCurl(command) => self.paste_curl(&command),

            Action::Select(selection) => self.turn_to(selection),
            Action::ShowOnly(session, peers) => self.show_only(session, peers),
            Action::ShowEnded(session, shown) => self.show_ended(session, shown),
            Action::ShowVisitor(session, address, shown) => self.show_visitor(session, address, shown),
            Action::ShowTab(tab) => self.show_tab(tab),
            Action::ShowRecord(seq) => self.show_record(seq),
            Action::ShowIn(tab, part) => self.show_in(tab, &part),
            Action::ShowBefore(seq) => self.show_before(seq),
            Action::Find(words) => self.find(&words),
            Action::Filter(filter) => self.filter(filter),
            Action::Enlarge(id) => self.views.lightbox = Some(Lightbox::new(id)),
            Action::CloseLightbox => self.views.lightbox = None,
            Action::Read { session, encoding } => self.read_as(session, encoding),

            Action::Copy(words) => self.copy(words),
            Action::CopyNames(connection) => self.copy_names(connection),
            Action::CopyAs(session, kind) => self.copy_as(session, kind),
            Action::CopyRequest(kind, config) => self.copy_request(kind, &config),
            Action::CopyPicture(id) => self.effect(Effect::Picture(id, PictureForm::Clipboard)),
            Action::SavePicture(id) => self.save_picture(id),
            Action::SavePictureAs(id, format) => self.effect(Effect::Picture(id, PictureForm::Saved(format))),
            Action::CopyPart(part, form) => self.copy_part(&part, form),
            Action::SavePart(part) => self.save_part(part),
            Action::SendPart(part) => self.send_part(&part),
            Action::KeepReceived(connection) => {
                self.ask_place("received.bin".to_owned(), PathFor::Received(connection));
            }
            Action::StopKeeping(connection) => self.command(Command::StopKeeping(connection)),
            Action::OpenFolder(transfer) => self.open_folder(transfer),
            Action::ShowSaved(transfer) => self.show_saved(transfer),
            Action::SaveBytes { name, bytes } => self.save(name, bytes),
            Action::SaveObject { name, id } => self.save_object(id, |_| name),
            Action::SaveScript(dialog) => {
                self.save(text!("dialog.toml").to_owned(), respond::dialog::write(&dialog).into_bytes());
            }

            Action::Run(command) => self.run(command),
            Action::Open(dialog) => self.open(dialog),
            Action::CloseDialog => self.overlay = None,
            Action::Choose(pick) => self.choose(pick),
            Action::ChooseSavePlace(name) => self.choose_from(Pick::SavePlace, Some(name.into())),
            Action::Path(wanted, path) => self.path_typed(wanted, path),
            Action::OpenThis(what) => self.open_all(vec![what.into()]),
            Action::Take(take) => self.take_offer(take),
            Action::Prefer(preferences) => self.prefer(preferences),
            Action::ResetSettings => self.reset_settings(),
            Action::ForgetRecent => self.settings.recent.clear(),
            Action::ForgetHosts => self.settings.called.clear(),
            Action::Complain(why) => self.state.say(Tone::Warning, why),
            Action::BringBack => self.bring_back(),
            Action::DismissToast(id) => self.state.dismiss(id),

            Action::Lab(action) => self.lab(action),
            Action::LabAsk(name) => self.ask_file(name),
            Action::LabAttempts(configs) => self.edited_attempts(configs),
        }
    }
}
