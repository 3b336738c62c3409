//! URLs with versions of Salesforce's APIs: `/services/data/v29.0`, `/services/Soap/u/35.0`, `/soap/ajax/28.0`, and
//! `$Api.Partner_Server_URL_260`, which gives one.
//!
//! Recognised by path alone, for any host; a URL that is built from parts without a number is ignored. Refuses to know
//! which version is too old.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use serde::{Deserialize, Serialize};

use super::{ApiVersion, handed};
use sessionlint_source::Span;

/// An API of Salesforce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Api {
    /// `/services/data/`.
    Rest,
    /// `/services/Soap/`.
    Soap,
    /// `/soap/ajax/`, scripts that call SOAP.
    Ajax,
    /// `/services/async/`.
    Bulk,
    /// A merge field with the URL of a SOAP service.
    MergeField,
    /// The format of an outbound message.
    OutboundMessage,
}

impl Api {
    /// Its name for display.
    pub fn as_str(self) -> &'static str {
        match self {
            Api::Rest => "REST API",
            Api::Soap => "SOAP API",
            Api::Ajax => "AJAX Toolkit",
            Api::Bulk => "Bulk API",
            Api::MergeField => "merge field",
            Api::OutboundMessage => "outbound message",
        }
    }
}

/// The texts before a version, in any case.
const BEFORE: &[(&str, Api)] = &[
    ("/services/data/v", Api::Rest),
    ("/services/soap/", Api::Soap),
    ("/soap/ajax/", Api::Ajax),
    ("/services/async/", Api::Bulk),
    ("partner_server_url_", Api::MergeField),
    ("enterprise_server_url_", Api::MergeField),
];

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(BEFORE.iter().map(|(text, _)| text)).ok()
});

/// The versions in a text, in order.
pub fn find(text: &str) -> impl Iterator<Item = ApiVersion> {
    let found = AUTOMATON.as_ref().map(|automaton| automaton.find_iter(text));
    found.into_iter().flatten().filter_map(move |found| {
        let (_, api) = BEFORE.get(found.pattern().as_usize())?;
        let (end, version) = version(text, found.end(), *api)?;
        if *api == Api::MergeField && (is_cut(text, found.start(), end) || is_cut_by_script(text, found.start(), end)) {
            return None;
        }
        let range = found.start()..end;
        let span = Span::new(range.start, range.end);
        let handed_to = handed::is_parameter(text, range.start).then(Vec::new);
        let text = text.get(range)?.to_owned();
        Some(ApiVersion {
            span,
            text,
            version,
            api: *api,
            link: None,
            handed_to,
            is_only_loaded: false,
            is_unused: false,
            is_doubtful: false,
        })
    })
}

/// Marks the scripts of the AJAX Toolkit that a page or button loads without calling anything of it: another script or
/// component that it includes may do so, if there is one. So may the page around a part of a page.
pub fn mark_only_loaded(text: &str, is_part: bool, versions: &mut [ApiVersion]) {
    let is_script = |it: &&mut ApiVersion| it.api == Api::Ajax && it.handed_to.is_none();
    let mut scripts = versions.iter_mut().filter(is_script).peekable();
    if scripts.peek().is_none() {
        return;
    }
    let lower = text.to_ascii_lowercase();
    if !calls_toolkit(&lower) {
        // The page around a component may call what the component loads.
        let is_unused = !is_part && includes_nothing_else(&lower);
        scripts.for_each(|it| (it.is_only_loaded, it.is_unused) = (true, is_unused));
    }
}

/// The objects beside the toolkit's own: those of the console's toolkit, and of navigation in the app.
const OTHER_OBJECTS: &[&str] = &["console", "one"];

/// Whether a text, in lower case, uses the object `sforce` for something of the AJAX Toolkit. A mere check whether there is
/// such an object, as in `if (sforce && sforce.one)`, does not.
fn calls_toolkit(lower: &str) -> bool {
    let is_name = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '$');
    lower.match_indices("sforce").any(|(at, word)| {
        let (before, after) = (&lower[..at], &lower[at + word.len()..]);
        if before.ends_with(is_name) || after.starts_with(is_name) {
            return false;
        }
        let after = after.trim_start();
        let Some(member) = after.strip_prefix("?.").or_else(|| after.strip_prefix('.')) else {
            return !is_check(before, after);
        };
        let member = member.trim_start();
        let length = member.find(|ch| !is_name(ch)).unwrap_or(member.len());
        !OTHER_OBJECTS.contains(&&member[..length])
    })
}

/// Whether the text around an object only asks whether it exists. The last operand of a condition and an argument have
/// the same end; what stands before them tells them apart.
fn is_check(before: &str, after: &str) -> bool {
    let ends = |text: &str, words: &[&str]| words.iter().any(|word| text.ends_with(word));
    if ["&&", "&amp;&amp;", "!=", "=="].iter().any(|next| after.starts_with(next)) {
        return true;
    }
    let before = before.strip_suffix("window.").unwrap_or(before).trim_end();
    let of_condition = before.strip_suffix('(').map(str::trim_end).is_some_and(|word| ends(word, &["if", "typeof"]));
    let is_tested = of_condition || ends(before, &["!", "typeof", "&&", "&amp;&amp;"]);
    is_tested && (after.starts_with("||") || after.starts_with(')'))
}

/// What shows that a page or button may run code of another file, in lower case.
const INCLUDES: &[&str] = &[
    "resource",
    "$scontrol",
    "createelement",
    "document.write",
    "escape='false'",
    "eval(",
    "function('",
    "import(",
    "innerhtml",
    ".html(",
    "<apex:include",
    "<apex:composition",
    "<apex:dynamiccomponent",
    "<apex:iframe",
    "<apex:canvasapp",
    "<apex:flash",
    "<iframe",
];

/// Whether a page or button, in lower case, includes no script and no component but those of the AJAX Toolkit.
fn includes_nothing_else(lower: &str) -> bool {
    let toolkit = lower.match_indices("/soap/ajax/").count();
    // `<script src="{!$Label.Loom}">` need not name a file with this end.
    let is_loaded = |tag: &&str| tag.split('>').next().is_some_and(|tag| tag.contains("src"));
    let scripts = lower.match_indices(".js").count().max(lower.split("<script").skip(1).filter(is_loaded).count());
    // `<c:OrderChart/>`; the prefix of Visualforce's own tags is another one.
    let is_component = |(at, _): (usize, &str)| {
        let name = lower.get(at + 1..).unwrap_or_default();
        let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        length > 0 && name.as_bytes().get(length) == Some(&b':') && &name[..length] != "apex"
    };
    // `<apex:includeScript` loads the toolkit as well.
    let other = unquoted(lower).replace("<apex:includescript", "");
    scripts <= toolkit
        && !INCLUDES.iter().any(|word| other.contains(word))
        && !lower.match_indices('<').any(is_component)
}

/// Whether a text ends where the version of the REST API would follow.
pub(super) fn is_open(text: &str) -> bool {
    let before = "/services/data/v".len();
    text.len()
        .checked_sub(before)
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case("/services/data/v"))
}

/// The version in a text: `29.0`, `v29.0`, `29`.
pub fn of_text(text: &str) -> Option<i64> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (digits, rest) = digits(text, 0)?;
    let is_end =
        matches!(text.as_bytes().get(digits.end), None | Some(b'/' | b'?')) || text[digits.end..].starts_with(".0");
    is_end.then_some(rest)
}

/// The version at `at`, and its end.
fn version(text: &str, at: usize, api: Api) -> Option<(usize, i64)> {
    let at = match api {
        // `u/35.0`: the letter is the service.
        Api::Soap => {
            let length = text.get(at..)?.bytes().take_while(u8::is_ascii_alphabetic).count();
            (length > 0 && text.as_bytes().get(at + length) == Some(&b'/')).then_some(at + length + 1)?
        }
        _ => at,
    };
    let (digits, number) = digits(text, at)?;
    if api == Api::MergeField {
        // `260` is 26.0.
        return (number >= 60).then_some((digits.end, number / 10));
    }
    let minor = text.get(digits.end..).filter(|rest| rest.starts_with(".0"));
    let is_whole = minor.is_some() || api == Api::Rest;
    is_whole.then(|| (digits.end + minor.map_or(0, |_| 2), number))
}

/// Whether a formula takes only the host from the merge field at `start..end`, as for a link to a record:
/// `LEFT($Api.Partner_Server_URL_260, FIND('/services', $Api.Partner_Server_URL_260))`.
fn is_cut(text: &str, start: usize, end: usize) -> bool {
    /// More than anybody writes between a function and its arguments.
    const WINDOW: usize = 100;
    let window = |from: usize| (from..start).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let before = text[window(start.saturating_sub(WINDOW))..start].to_ascii_lowercase();
    let after: String = text[end..].chars().take(WINDOW).collect::<String>().to_ascii_lowercase();
    let (before, after) = (unquoted(&before), unquoted(&after));
    let Some(before) = before.trim_end().strip_suffix("api.") else { return false };
    let before = before.trim_end_matches('$').trim_end();
    let argument =
        |text: &str, name: &str| text.trim_end().strip_suffix('(').is_some_and(|rest| rest.trim_end().ends_with(name));
    if let Some(first) = before.strip_suffix(',') {
        // The second argument of `FIND('...', ...)`, which gives a number.
        let text = first.trim_end().strip_suffix('\'').and_then(|rest| rest.rsplit_once('\''));
        return text.is_some_and(|(call, _)| argument(call, "find"));
    }
    let second = after.trim_start().strip_prefix(',').map(|rest| rest.trim_start_matches([' ', '\t', '\r', '\n', '(']));
    let sought = second.and_then(|rest| rest.strip_prefix("find")).and_then(|rest| rest.trim_start().strip_prefix('('));
    let sought = sought.and_then(|rest| rest.trim_start().strip_prefix('\'')).and_then(|rest| rest.split_once('\''));
    argument(before, "left")
        && sought.is_some_and(|(text, _)| {
            text == "/" || ["/services", "/soap", "."].iter().any(|start| text.starts_with(start))
        })
}

/// Whether a script keeps only the host of the merge field at `start..end`:
/// `var url = '{!$Api.Partner_Server_URL_260}'; url = url.substring(0, url.indexOf('/services'));`.
fn is_cut_by_script(text: &str, start: usize, end: usize) -> bool {
    /// More than anybody writes between a variable and its only change.
    const WINDOW: usize = 200;
    let window = (start.saturating_sub(WINDOW)..start).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let before = unquoted(&text[window..start].to_ascii_lowercase());
    let after: String = text[end..].chars().take(WINDOW).collect();
    let after = unquoted(&after.to_ascii_lowercase());
    let value = || before.strip_suffix("api.")?.trim_end_matches('$').trim_end().strip_suffix("{!")?.strip_suffix('\'');
    let is_name = |ch: char| ch.is_ascii_alphanumeric() || ch == '_';
    let Some(target) = value().and_then(|it| it.trim_end().strip_suffix('=')).map(str::trim_end) else { return false };
    let name = &target[target.trim_end_matches(is_name).len()..];
    let Some(next) = after.trim_start().strip_prefix("}'").filter(|_| !name.is_empty()) else { return false };
    let dense: String = next.chars().filter(|ch| !ch.is_whitespace()).collect();
    let dense = dense.trim_start_matches(';');
    let sought = ["substring", "substr", "slice"]
        .iter()
        .find_map(|cut| dense.strip_prefix(&format!("{name}={name}.{cut}(0,{name}.indexof('")));
    let is_before_path = |sought: &str| ["/services", "services/", "/soap"].iter().any(|it| sought.starts_with(it));
    // A place behind the one that is found, `... + 30`, may be behind the version.
    sought.and_then(|it| it.split_once('\'')).is_some_and(|(text, end)| is_before_path(text) && end.starts_with("))"))
}

/// A text with one sort of quotation marks.
fn unquoted(text: &str) -> String {
    text.replace("&apos;", "'").replace("&#39;", "'").replace("&quot;", "'").replace('"', "'")
}

/// One to three digits at `at`, and their number.
fn digits(text: &str, at: usize) -> Option<(Range<usize>, i64)> {
    let length = text.get(at..)?.bytes().take_while(u8::is_ascii_digit).count();
    let number = (1..=3).contains(&length).then(|| text[at..at + length].parse().ok())??;
    (number > 0).then_some((at..at + length, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_or_button_includes_may_use_the_toolkit() {
        for nothing in [
            r#"{!requirescript("/soap/ajax/24.0/connection.js")} {!requirescript("/soap/ajax/24.0/apex.js")} alert(1)"#,
            r#"<apex:page><apex:includescript value="/soap/ajax/24.0/connection.js"/><apex:form/></apex:page>"#,
            r#"<script src="/soap/ajax/24.0/connection.js"></script><script>window.open('/apex/a');</script>"#,
        ] {
            assert!(includes_nothing_else(nothing), "{nothing}");
        }
        for included in [
            r#"{!requirescript("/soap/ajax/24.0/connection.js")} {!requirescript("/js/functions.js")}"#,
            r#"{!requirescript("/soap/ajax/24.0/connection.js")} {!requirescript("/resource/123/loom")}"#,
            r#"{!requirescript("/soap/ajax/24.0/connection.js")} {!include($scontrol.loom)}"#,
            r#"<apex:includescript value="/soap/ajax/24.0/connection.js"/><c:orderchart/>"#,
            r#"<apex:includescript value="/soap/ajax/24.0/connection.js"/><apex:include pagename="a"/>"#,
            r#"<script src="/soap/ajax/24.0/connection.js"></script><script src="{!loom}"></script>"#,
            r#"<script src="/soap/ajax/24.0/connection.js"></script><apex:outputtext value="{!loom}" escape="false"/>"#,
            r#"{!requirescript("/soap/ajax/24.0/connection.js")} eval(code)"#,
            r#"{!requirescript("/soap/ajax/24.0/connection.js")} new function(&quot;return 1&quot;)"#,
        ] {
            assert!(!includes_nothing_else(included), "{included}");
        }
    }

    #[test]
    fn only_what_the_toolkit_has_is_a_call_of_it() {
        for call in [
            "sforce.connection.query(a)",
            "var s = sforce;",
            "window.sforce . apex.execute()",
            "new sforce.sobject('a')",
            "sforce['connection']",
            "sforce.console.close(); sforce.connection.init()",
            "(function (api) { api.connection.init(); })(sforce)",
            "start(sforce);",
            "start(id, window.sforce)",
            "var api = sforce || {};",
        ] {
            assert!(calls_toolkit(call), "{call}");
        }
        for other in [
            "sforce.console.isinconsole()",
            "if (sforce && sforce.one && sforce.one.navigatetourl) { sforce.one.navigatetourl(url); }",
            "if (typeof sforce !== 'undefined') { }",
            "if (sforce != null)",
            "if (sforce) { }",
            "if (a && sforce) { }",
            "if (!window.sforce || typeof(sforce) === 'undefined')",
            "if( sforce || a )",
            "https://acme.my.salesforce.com/",
            "sforce.one",
            "__sfdcsessionid",
        ] {
            assert!(!calls_toolkit(other), "{other}");
        }
    }

    #[test]
    fn versions_are_recognised_by_path() {
        let table = [
            ("https://a.my.salesforce.com/services/data/v29.0/sobjects", Some(("/services/data/v29.0", 29))),
            ("/services/data/v62/query", Some(("/services/data/v62", 62))),
            ("/services/Soap/u/35.0/00D", Some(("/services/Soap/u/35.0", 35))),
            ("/services/Soap/class/Mine", None),
            ("/soap/ajax/28.0/connection.js", Some(("/soap/ajax/28.0", 28))),
            ("{!$Api.Partner_Server_URL_260}", Some(("Partner_Server_URL_260", 26))),
            ("{!API.Enterprise_Server_URL_90}", Some(("Enterprise_Server_URL_90", 9))),
            ("/services/data/v' + version", None),
            ("/services/data/", None),
            ("/services/data/v1234", None),
            ("{!LEFT($Api.Partner_Server_URL_140,FIND('.com',$Api.Partner_Server_URL_140)+4)+Order.Id}", None),
            (
                "LEFT( $Api.Enterprise_Server_URL_140 , (FIND(&apos;/services&apos;, $Api.Enterprise_Server_URL_140)))",
                None,
            ),
            ("{!LEFT($Api.Partner_Server_URL_140, LEN(Name))}", Some(("Partner_Server_URL_140", 14))),
            ("{!LEFT($Api.Partner_Server_URL_140, FIND('00D', Name))}", Some(("Partner_Server_URL_140", 14))),
            ("{!SUBSTITUTE('x', $Api.Partner_Server_URL_140)}", Some(("Partner_Server_URL_140", 14))),
            (
                "var u = '{!$Api.Partner_Server_URL_140}';\n u = u.substr(0, u.indexOf('/services')); open(u + '/' + id)",
                None,
            ),
            ("u=\"{!$API.Enterprise_Server_URL_140}\"\nu=u.substring(0,u.indexOf(\"/services/Soap\"));", None),
            ("u = '{!$Api.Partner_Server_URL_140}'; v = u.substr(0, 3);", Some(("Partner_Server_URL_140", 14))),
            ("u = '{!$Api.Partner_Server_URL_140}'; u = u.substr(0, 3);", Some(("Partner_Server_URL_140", 14))),
            (
                "u = '{!$Api.Partner_Server_URL_140}'; u = u.substr(0, u.indexOf('/services') + 30);",
                Some(("Partner_Server_URL_140", 14)),
            ),
            (
                "u = '{!$Api.Partner_Server_URL_140}'; call(u); u = u.substr(0, u.indexOf('/services'));",
                Some(("Partner_Server_URL_140", 14)),
            ),
        ];
        for (text, expected) in table {
            let found = find(text).next();
            assert_eq!(found.as_ref().map(|it| (it.text.as_str(), it.version)), expected, "{text}");
        }
        assert!(is_open("https://x/services/data/V") && !is_open("v"));
        assert_eq!((of_text("v29.0"), of_text("29.0/"), of_text("29x")), (Some(29), Some(29), None));
    }
}
