//! From the model to the inputs of the widgets, once a frame. Drawing does nothing itself: it writes what a person types
//! into a field, and pushes what they ask for.

mod access;
mod centre;
mod inspect;
mod lab_files;
mod lab_page;
mod lab_words;
mod panels;
mod rows;
mod site;
mod visitor_rows;

use super::model::Model;
use crate::ui::views::shared::picture::PictureSource;

/// What a frame is drawn from.
pub(in crate::app) struct Draw<'a> {
    pub(in crate::app) model: &'a mut Model,
    pub(in crate::app) pictures: &'a dyn PictureSource,
}
