//! The API as a whole: its routes and its description (OpenAPI 3.1), which are one thing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::keys::Scope;
use crate::api::{
    ANSWER_TIME, BODY_BYTES_MAX, avatars, balance, endpoints, gallery, generations, payments,
    presets, problem, trainings, upload, users, work,
};
use crate::app::App;

/// Where the archive of a training may be sent, too.
pub const UPLOAD_ALIAS: &str = "/generate/create-model-training";
const UPLOAD: &str = "/api/generate/create-model-training";

/// 200 MB over a slow line, and two hundred photos that are looked at.
const UPLOAD_TIME: std::time::Duration = std::time::Duration::from_secs(900);

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Atelier",
        description = "What a bot of Atelier offers in Telegram, for other programs. Each request \
                       carries a key, as `Authorization: Bearer atl_…`; an operator makes keys with \
                       `atelier keys create`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(problem::Written))
)]
struct Front;

type Described = OpenApiRouter<Arc<App>>;

fn usual() -> Described {
    OpenApiRouter::with_openapi(Front::openapi())
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::get))
        .routes(routes!(balance::get))
        .routes(routes!(balance::movements))
        .routes(routes!(avatars::list))
        .routes(routes!(avatars::get, avatars::change, avatars::delete))
        .routes(routes!(trainings::list, trainings::create))
        .routes(routes!(trainings::get))
        .routes(routes!(trainings::cancel))
        .routes(routes!(generations::list, generations::create))
        .routes(routes!(generations::get))
        .routes(routes!(generations::cancel))
        .routes(routes!(generations::pictures))
        .routes(routes!(gallery::list))
        .routes(routes!(gallery::get, gallery::change, gallery::delete))
        .routes(routes!(presets::list))
        .routes(routes!(payments::list))
        .routes(routes!(payments::get))
        .routes(routes!(work::list))
        .routes(routes!(endpoints::list, endpoints::create))
        .routes(routes!(endpoints::get, endpoints::delete))
        .routes(routes!(endpoints::rotate))
        .routes(routes!(endpoints::ping))
        .routes(routes!(endpoints::log))
        .routes(routes!(endpoints::replay))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
}

/// What takes longer and is larger.
fn long() -> Described {
    OpenApiRouter::new()
        .routes(routes!(upload::create))
        .route(UPLOAD_ALIAS, post(upload::create))
        .layer(DefaultBodyLimit::max(upload::BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, UPLOAD_TIME))
}

/// Everything that a key opens, and its description.
pub fn routes() -> (Router<Arc<App>>, OpenApi) {
    usual().merge(long()).split_for_parts()
}

/// The description, as it is served.
pub fn document() -> Value {
    let (_, document) = routes();
    let mut document = serde_json::to_value(document).expect("a description is JSON");
    finish(&mut document);
    document
}

/// Each route with the scope that it asks for.
pub fn table() -> Vec<(Method, String, Scope)> {
    let document = document();
    let mut table = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, about) in methods.as_object().into_iter().flatten() {
            let scope = about["security"][0]["key"][0].as_str().and_then(Scope::from_text);
            let scope = scope.unwrap_or_else(|| panic!("{method} {path} names no scope"));
            let method = Method::from_bytes(method.to_uppercase().as_bytes());
            table.push((method.expect("a method of HTTP"), path.clone(), scope));
            if path == UPLOAD {
                table.push((Method::POST, UPLOAD_ALIAS.to_owned(), scope));
            }
        }
    }
    table
}

/// What can be answered beside what a route says: (code, when, what it has of it).
const REFUSALS: [(&str, &str, Of); 12] = [
    ("400", "What was sent is not as it is described here.", Of::All),
    ("401", "No key, or one that isn't good.", Of::All),
    ("402", "There are too few credits.", Of::Making),
    ("403", "The key lacks the scope, or the user may not.", Of::All),
    ("404", "It isn't there, or it is somebody else's.", Of::All),
    ("409", "It can't be done as things stand.", Of::Changing),
    ("413", "The body is too large.", Of::Sending),
    ("415", "The body is not of the kind that is taken.", Of::Sending),
    ("422", "What is asked for is against a rule: the code says which.", Of::All),
    ("429", "Too many requests, or too much under way.", Of::All),
    ("500", "Something broke on our side.", Of::All),
    ("503", "Not now: it is paused, or it took too long.", Of::All),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    All,
    /// What has a body.
    Sending,
    /// Whatever isn't a mere question.
    Changing,
    /// What costs credits.
    Making,
}

/// Adds what all routes have in common, so that no route says it by itself.
fn finish(document: &mut Value) {
    document["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    let scopes: BTreeMap<&str, &str> = Scope::ALL.iter().map(|it| (it.as_str(), "")).collect();
    let scopes = scopes.keys().copied().collect::<Vec<_>>().join(", ");
    document["components"]["securitySchemes"] = json!({ "key": {
        "type": "http",
        "scheme": "bearer",
        "description": format!("A key of an operator. Each route names the scope that it needs, \
                                one of: {scopes}."),
    }});
    // Its parts are read one by one, and one that isn't known is refused.
    document["components"]["schemas"]["NewModelTraining"]["additionalProperties"] = json!(false);
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, methods) in paths {
        for (method, about) in methods.as_object_mut().into_iter().flatten() {
            // Each noun has a `list` and a `get`: together with the noun a name is there once.
            let noun = path.split('/').nth(2).unwrap_or_default();
            let verb = about["operationId"].as_str().unwrap_or_default();
            about["operationId"] = json!(format!("{noun}_{verb}"));
            if method == "post" {
                name_once(about);
            }
            let has_body = about.get("requestBody").is_some();
            let is_order = has_body && method == "post";
            for (code, when, of) in REFUSALS {
                let applies = match of {
                    Of::All => true,
                    Of::Sending => has_body,
                    Of::Changing => method != "get",
                    Of::Making => {
                        is_order && (path.contains("training") || path.contains("generations"))
                    }
                };
                if applies {
                    about["responses"][code] = json!({
                        "description": when,
                        "content": { "application/problem+json": {
                            "schema": { "$ref": "#/components/schemas/Problem" }
                        }},
                    });
                }
            }
        }
    }
}

fn name_once(about: &mut Value) {
    let header = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "A name of your choice for this request. The same one with the same body \
                        gives the same answer for 48 hours, and makes nothing twice.",
        "schema": { "type": "string", "pattern": "^[!-~]{1,255}$" },
    });
    if about["parameters"].is_null() {
        about["parameters"] = json!([]);
    }
    if let Some(parameters) = about["parameters"].as_array_mut() {
        parameters.push(header);
    }
}

/// The description and the page that shows it: open to everybody, as they say nothing of anybody.
pub fn open() -> Router<Arc<App>> {
    let text = document().to_string();
    Router::new()
        .route("/api/openapi.json", get(move || async move { json_of(text) }))
        .route("/api/docs", get(|| async { page("text/html; charset=utf-8", PAGE) }))
        .route("/api/docs.css", get(|| async { page("text/css; charset=utf-8", STYLE) }))
        .route("/api/docs.js", get(|| async { page("text/javascript; charset=utf-8", SCRIPT) }))
}

const PAGE: &str = include_str!("docs/page.html");
const STYLE: &str = include_str!("docs/page.css");
const SCRIPT: &str = include_str!("docs/page.js");

/// The page runs what is ours and calls nobody but us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' blob:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

fn json_of(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn page(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300")),
    ];
    (headers, text).into_response()
}
