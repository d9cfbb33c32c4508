//! What a person did to each view: places, choices, drafts.

use crate::{
    model::SessionId,
    ui::{
        views::site::SitePanel,
        views::{
            choices::Choices,
            conversation::Conversation,
            http::Http,
            inspector::Inspector,
            journal::JournalView,
            ladder::Ladder,
            pictures::{Pictures as Grid, lightbox::Lightbox},
            send_box::SendBox,
            stream::StreamView,
        },
    },
};

/// What a person did to each view.
#[derive(Default)]
pub(in crate::app) struct Views {
    pub(in crate::app) journal: JournalView,
    pub(in crate::app) conversation: Conversation,
    pub(in crate::app) ladder: Ladder,
    /// That of the other end, beside it on the page of a lab.
    pub(in crate::app) ladder_beside: Ladder,
    pub(in crate::app) stream: StreamView,
    pub(in crate::app) inspector: Inspector,
    pub(in crate::app) send_box: SendBox,
    pub(in crate::app) pictures: Grid,
    pub(in crate::app) lightbox: Option<Lightbox>,
    pub(in crate::app) http: Http,
    pub(in crate::app) site: SitePanel,
    /// The session whose address was put into the URL field.
    pub(in crate::app) http_of: Option<SessionId>,
}

impl Views {
    /// What a person chose in them.
    pub(in crate::app) fn choices(&mut self) -> Choices {
        Choices {
            send: self.send_box.mode(),
            saved_folded: self.send_box.is_row_folded(),
            repeat: self.send_box.repeat.clone(),
            in_order: self.send_box.in_order.clone(),
            record: self.journal.detail.form,
            messages: self.conversation.look,
            answer: *self.http.form(),
            times: self.ladder.times,
            cut: self.stream.cut.clone(),
        }
    }

    /// Lets them be as a person chose.
    pub(in crate::app) fn choose(&mut self, choices: &Choices) {
        self.send_box.set_mode(choices.send);
        self.send_box.fold_row(choices.saved_folded);
        self.send_box.repeat.clone_from(&choices.repeat);
        self.send_box.in_order.clone_from(&choices.in_order);
        self.journal.detail.form = choices.record;
        self.conversation.look = choices.messages;
        *self.http.form() = choices.answer;
        self.ladder.times = choices.times;
        self.stream.cut.clone_from(&choices.cut);
    }

    /// Shows nothing of what was forgotten.
    pub(in crate::app) fn forget(&mut self) {
        let choices = self.choices();
        self.conversation = Conversation::default();
        self.ladder = Ladder::default();
        self.ladder_beside = Ladder::default();
        self.stream = StreamView::default();
        self.pictures = Grid::default();
        self.lightbox = None;
        self.journal.table().clear_selection();
        self.choose(&choices);
    }
}
