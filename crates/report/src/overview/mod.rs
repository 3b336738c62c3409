//! The output of `report`: one self-contained page, as HTML or as Markdown.
//!
//! The templates are beside this file and embedded. The HTML loads no file: style, script and SVG pictures are part of it,
//! and all content is there without the script. Every text passes `formatted`, which makes it harmless and escapes it for
//! the format, except markup that this module builds. Refuses to know how the content is computed.

mod chart;
mod cover;
mod words;

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use base64ct::{Base64, Encoding};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, context};

use sha2::{Digest, Sha256};

use super::table::escaped;
use super::{Paths, one_line};
use crate::gate::Gate;
use sessionlint_analysis::overview::Overview;
use sessionlint_lint::rule::minutes_in_words;
use sessionlint_source::harmless_text;

pub use cover::{Cover, LARGEST_LOGO, Logo};

/// The head of every page.
const HEAD: &str = include_str!("head.html");
const HTML: &str = include_str!("page.html");
const MARKDOWN: &str = include_str!("page.md");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("search.js");

/// Writes the page as HTML.
pub fn write_html(out: &mut Gate<'_>, overview: &Overview, paths: &Paths, cover: &Cover) -> io::Result<()> {
    write(out, "page.html", HTML, overview, paths, cover)
}

/// Writes the page as Markdown.
pub fn write_markdown(out: &mut Gate<'_>, overview: &Overview, paths: &Paths, cover: &Cover) -> io::Result<()> {
    write(out, "page.md", MARKDOWN, overview, paths, cover)
}

fn write(
    out: &mut Gate<'_>,
    name: &str,
    template: &str,
    overview: &Overview,
    paths: &Paths,
    cover: &Cover,
) -> io::Result<()> {
    let values = context! { common => paths.shown(&overview.scope.common), ..values(overview, cover) };
    render_below(out, name, template, paths, &overview.scope.common, values)
}

/// The values for the templates of the page.
fn values(overview: &Overview, cover: &Cover) -> Value {
    let others = overview.sessions.apps.iter().filter(|app| !app.integration && app.has_oauth);
    let other_apps: Vec<Value> = others
        .map(|app| {
            let idle_limit = app.salesforces_idle_limit.map(|idle| idle.hours);
            context! {
                app => Serde(app),
                has_refresh_tokens => app.has_refresh_tokens,
                refresh_text => app.refresh_text.clone(),
                unused_policy => app.unused_policy.clone(),
                idle_limit => idle_limit,
            }
        })
        .collect();
    let rules = overview.topics.iter().flat_map(|topic| std::iter::once(&topic.rule).chain(&topic.side_rules));
    let topic_rules: Vec<String> = rules.cloned().collect();
    let named = |it: &Overview| format!("Sessions and integrations of {}", it.scope.name);
    let actions: Vec<Value> =
        overview.actions.iter().map(|action| context! { it => Serde(action), cost => words::cost(action) }).collect();
    context! {
        it => Value::from(Serde(overview)),
        title => cover.title.clone().unwrap_or_else(|| named(overview)),
        is_titled => cover.title.is_some(),
        client => cover.client.clone(),
        author => cover.author.clone(),
        logo => cover.logo.as_ref().map(|logo| Value::from_safe_string(format!("<img class=\"logo\" alt=\"\" src=\"{}\">", logo.address()))),
        topic_rules,
        read => super::read_in_words(overview.scope.files, overview.scope.components, overview.scope.code),
        remarks => &overview.sessions.remarks,
        other_apps => other_apps,
        answers => Value::from(Serde(words::answers(overview))),
        figures => Value::from(Serde(words::figures(&overview.verdict))),
        actions => actions,
        step_count => overview.plan.parts().map(|part| part.steps.len()).sum::<usize>(),
        advice_count => overview.plan.advice().count(),
        has_steps => overview.plan.parts().next().is_some(),
        plan_sentence => words::plan(&overview.plan),
        unstated => words::UNSTATED,
        sessions_chart => Value::from(Serde(chart::sessions(overview))),
        timeline => Value::from(Serde(chart::timeline(overview))),
        past_chart => Value::from(Serde(overview.past.as_ref().and_then(chart::past))),
        past_begins => overview.past.as_ref().map(words::past_begins),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    }
}

/// The hash of the style or the script in the page's content security policy, which blocks all others.
fn hash(text: &str) -> String {
    // In the page, each starts after a line end.
    let digest = Sha256::digest(format!("\n{text}"));
    format!("'sha256-{}'", Base64::encode_string(&digest))
}

/// Renders a template with `values`. A template whose name ends with `.html` is HTML with the style of the page; any other is
/// Markdown.
pub(super) fn render(out: &mut Gate<'_>, name: &str, template: &str, paths: &Paths, values: Value) -> io::Result<()> {
    render_below(out, name, template, paths, "", values)
}

/// Like [`render`], with paths that omit the folders `common`, which the page names once.
fn render_below(
    out: &mut Gate<'_>,
    name: &str,
    template: &str,
    paths: &Paths,
    common: &str,
    values: Value,
) -> io::Result<()> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(io::Error::other)?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| if is_html(name) { AutoEscape::Html } else { AutoEscape::None });
    environment.set_formatter(formatted);
    environment.add_filter("minutes", |minutes: Option<i64>| minutes.map_or("unknown".to_owned(), minutes_in_words));
    environment.add_filter("life", |minutes: Option<i64>| {
        minutes.map_or("life unknown".to_owned(), |minutes| format!("lives {}", minutes_in_words(minutes)))
    });
    environment.add_filter("timeout", words::timeout);
    environment.add_filter("moment", words::moment);
    environment.add_filter("form", words::token_form);
    environment.add_filter("prose", prose);
    environment.add_filter("fence", |text: &str, language: Option<&str>| {
        Value::from_safe_string(fence(&harmless_text(text), language.unwrap_or_default()))
    });
    environment.add_filter("excerpt", excerpt);
    environment.add_filter("code", code);
    let shown = paths.clone();
    environment.add_filter("unified", move |files: &Value| unified(files, &shown));
    let shown = paths.clone();
    environment.add_filter("changes", move |files: &Value, home: &str| changes(files, home, &shown));
    environment.add_filter("count", |number: usize, word: &str| super::count(number, word));
    environment.add_filter("ip", words::ip_relaxation);
    environment.add_filter("renewal", words::renewal);
    environment.add_filter("refresh", words::refresh_token);
    environment.add_filter("unused", words::unused_policy);
    environment.add_filter("sentence", super::text::capitalised);
    environment.add_filter("stop", words::stop);
    environment.add_filter("days", words::days_left);
    let (shown, common) = (paths.clone(), common.to_owned());
    environment.add_filter("path", move |path: &str| match path.strip_prefix(&common) {
        Some(rest) if !common.is_empty() => one_line(rest).into_owned(),
        _ => shown.shown(path),
    });
    environment.add_filter("until", words::until);
    environment.add_filter("flow", words::flow);
    environment.add_filter("decides", words::decides);
    environment.add_filter("plain", plain);
    environment.add_template("head.html", HEAD).map_err(io::Error::other)?;
    environment.add_template(name, template).map_err(io::Error::other)?;
    let values = context! {
        version => env!("CARGO_PKG_VERSION"),
        style => Value::from_safe_string(STYLE.to_owned()),
        style_hash => Value::from_safe_string(hash(STYLE)),
        script_hash => Value::from_safe_string(hash(SCRIPT)),
        ..values
    };
    let page = environment.get_template(name).and_then(|template| template.render(values)).map_err(io::Error::other)?;
    out.write_all(page.as_bytes())?;
    if page.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") }
}

/// Whether the values of a template are escaped for HTML.
fn is_html(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "html")
}

/// The name of a file that this program chose, which needs no escapes.
fn plain(name: &str) -> Value {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if name.bytes().all(is_usual) { Value::from_safe_string(name.to_owned()) } else { Value::from(name) }
}

/// Writes a value of a template: made harmless, and escaped unless this module built it.
fn formatted(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() => match state.auto_escape() {
            AutoEscape::Html => out.write_str(&html_escaped(&harmless_text(text))).map_err(Error::from),
            _ => out.write_str(&escaped(text)).map_err(Error::from),
        },
        _ => minijinja::escape_formatter(out, state, value),
    }
}

/// A sentence in which backticks mark code, as in rule pages.
fn prose(state: &State<'_, '_>, text: &str) -> Value {
    let is_html = matches!(state.auto_escape(), AutoEscape::Html);
    let text = one_line(text);
    let parts: Vec<&str> = text.split('`').collect();
    let mut written = String::with_capacity(text.len() + 32);
    for (index, part) in parts.iter().enumerate() {
        // The last backtick of an odd number opens no code.
        let is_code = index % 2 == 1 && index + 1 < parts.len();
        let is_stray = index % 2 == 1 && !is_code;
        match (is_html, is_code) {
            (true, true) => {
                written.push_str("<code>");
                written.push_str(&html_escaped(part));
                written.push_str("</code>");
            }
            (true, false) => {
                written.push_str(if is_stray { "`" } else { "" });
                written.push_str(&html_escaped(part));
            }
            (false, true) if !part.is_empty() => {
                // Two adjacent spans would be one run of backticks, which Markdown pairs in another way.
                written.push_str(if written.ends_with('`') { " `" } else { "`" });
                written.push_str(part);
                written.push('`');
            }
            (false, _) => {
                written.push_str(if is_stray { "\\`" } else { "" });
                written.push_str(&escaped(part));
            }
        }
    }
    Value::from_safe_string(written)
}

fn html_escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for ch in text.chars() {
        match ch {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            _ => escaped.push(ch),
        }
    }
    escaped
}

/// Lines of a file as a fence inside an item of a list.
fn excerpt(lines: &Value, language: &str) -> Result<Value, Error> {
    let mut text = String::new();
    for line in lines.try_iter()? {
        for part in ["before", "marked", "after"] {
            text.push_str(line.get_attr(part)?.as_str().unwrap_or_default());
        }
        text.push('\n');
    }
    Ok(indented_fence(&text, language))
}

/// Lines of files as a diff inside an item of a list.
fn unified(files: &Value, paths: &Paths) -> Result<Value, Error> {
    let mut text = String::new();
    for file in files.try_iter()? {
        let path = one_line(&shown_path(&file, paths)?).into_owned();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "--- a/{path}\n+++ b/{path}");
        for group in file.get_attr("groups")?.try_iter()? {
            let first = group.get_item_by_index(0)?.get_attr("number")?;
            let _ = writeln!(text, "@@ line {first} @@");
            for line in group.try_iter()? {
                let sign = match line.get_attr("sign")?.as_str() {
                    Some("removed") => '-',
                    Some("added") => '+',
                    _ => ' ',
                };
                text.push(sign);
                text.push_str(line.get_attr("text")?.as_str().unwrap_or_default());
                text.push('\n');
            }
        }
    }
    Ok(indented_fence(&text, "diff"))
}

/// The lines that differ, without context, as a diff inside an item of a list; files other than `home` are named.
fn changes(files: &Value, home: &str, paths: &Paths) -> Result<Value, Error> {
    let mut text = String::new();
    for file in files.try_iter()? {
        let path = one_line(&shown_path(&file, paths)?).into_owned();
        let is_home = file.get_attr("path")?.as_str() == Some(home);
        for replaced in file.get_attr("replaced")?.try_iter()? {
            let line = replaced.get_attr("line")?;
            let place = if is_home { format!("line {line}") } else { format!("{path}:{line}") };
            let _ = writeln!(text, "@@ {place} @@");
            for (name, sign) in [("old", '-'), ("new", '+')] {
                for line in replaced.get_attr(name)?.try_iter()? {
                    let _ = writeln!(text, "{sign} {}", line.as_str().unwrap_or_default());
                }
            }
        }
    }
    Ok(indented_fence(&text, "diff"))
}

fn shown_path(file: &Value, paths: &Paths) -> Result<String, Error> {
    Ok(paths.shown(file.get_attr("path")?.as_str().unwrap_or_default()))
}

/// A fence inside an item of a list.
fn indented_fence(text: &str, language: &str) -> Value {
    let fenced = fence(harmless_text(text.trim_end()).as_ref(), language);
    let indented: Vec<String> = fenced.lines().map(|line| format!("  {line}")).collect();
    Value::from_safe_string(indented.join("\n"))
}

/// Lines as code in a sentence of Markdown: on one line, between more backticks than it has in a row.
fn code(lines: &Value) -> Result<Value, Error> {
    let mut parts = Vec::new();
    for line in lines.try_iter()? {
        parts.push(one_line(line.as_str().unwrap_or_default()).into_owned());
    }
    let text = parts.join(" ");
    let ticks = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    Ok(Value::from_safe_string(format!("{ticks}{space}{text}{space}{ticks}")))
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|ch| ch != '`').map(str::len).max().unwrap_or(0)
}

/// A fence of Markdown that `text` cannot end.
fn fence(text: &str, language: &str) -> String {
    let ticks = "`".repeat(longest_run(text).max(2) + 1);
    format!("{ticks}{language}\n{text}\n{ticks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_its_fence() {
        assert_eq!(fence("a", "sql"), "```sql\na\n```");
        assert_eq!(fence("a\n````\nb", ""), "`````\na\n````\nb\n`````");
    }

    #[test]
    fn backticks_of_a_file_open_no_code_that_hides_markup() {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_formatter(formatted);
        environment.add_filter("prose", prose);
        let written = |text: &str| environment.render_str("{{ text|prose }}", context! { text }).unwrap();
        assert_eq!(written("set `a` to <b>"), "set `a` to &lt;b&gt;");
        assert_eq!(written("`a``<b>` <b> `<b>"), "`a` `<b>` &lt;b&gt; \\`&lt;b&gt;");
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let written = environment.render_str("{{ text|prose }}", context! { text => "`<a>` & <b>` \u{202E}" }).unwrap();
        assert_eq!(written, "<code>&lt;a&gt;</code> &amp; &lt;b&gt;` \u{FFFD}");
    }

    #[test]
    fn the_page_has_nothing_to_load() {
        for text in [HEAD, HTML, STYLE, SCRIPT] {
            for part in ["http:", "https:", "src=", "url(", "@import", "<link", "fetch(", "<iframe"] {
                assert!(!text.contains(part), "{part}");
            }
        }
    }
}
