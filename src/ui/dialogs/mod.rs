//! What lies over the window, one at a time.

pub mod about;
pub mod ask;
pub mod help;
pub mod labs;
pub mod name_page;
pub mod offer;
pub mod path_page;
pub mod settings;
