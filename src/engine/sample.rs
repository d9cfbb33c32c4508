//! The built-in picture at a page that has none of its own.

use axum::{
    Router,
    extract::Request,
    http::{Method, StatusCode, header},
    response::IntoResponse,
};
use tower::util::ServiceExt;

use crate::{
    model::{Recipe, Site},
    protocol::sample::PICTURE,
};

/// The site with the built-in picture where its own was to be and the user has chosen none.
pub(super) fn filled(site: Router, recipe: &Recipe) -> Router {
    let Recipe::Http(Site::Embedded { picture, at }) = recipe else { return site };
    if !picture.as_os_str().is_empty() {
        return site;
    }
    let at = at.clone();
    Router::new().fallback(move |request: Request| async move {
        if request.uri().path() == at {
            let kind = [(header::CONTENT_TYPE, "image/jpeg")];
            return match *request.method() {
                Method::GET | Method::HEAD => (kind, PICTURE).into_response(),
                _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response(),
            };
        }
        match site.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    })
}
