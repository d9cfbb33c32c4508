//! What answers are made of: bodies, pages, compression, and the answers that refuse.

pub(super) mod body;
pub(super) mod coding;
pub(super) mod html;
pub(super) mod pages;
pub(super) mod refuse;
