//! Work that is bounded by its input, counted in steps over a whole run, without a clock.

use std::collections::HashMap;
use std::path::Path;

use sessionlint::check::{RunPlan, check};
use sessionlint::discover::Root;
use sessionlint::facts::Shapes;
use sessionlint::load::load;
use sessionlint::metadata::Inputs;
use sessionlint::rule::{Catalog, Preset};
use sessionlint::rule_test::AS_OF;
use sessionlint::steps;
use sessionlint::vfs::Memory;

const NS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

/// The findings of addresses that are not let in, and the steps to find them: all but one are.
fn found(apps: usize, addresses: usize) -> (usize, u64) {
    let app = |index: usize| {
        let text = format!(
            "<ConnectedApp {NS}><label>Sync {index}</label><oauthConfig><callbackUrl>https://erp.example.com/\
             </callbackUrl><certificate>x</certificate><scopes>Api</scopes></oauthConfig><oauthPolicy><ipRelaxation>\
             ENFORCE</ipRelaxation></oauthPolicy></ConnectedApp>"
        );
        (format!("force-app/connectedApps/A{index}.connectedApp-meta.xml"), text.into_bytes())
    };
    let profile = format!(
        "<Profile {NS}><loginIpRanges><startAddress>198.18.0.0</startAddress><endAddress>198.19.255.255\
         </endAddress></loginIpRanges></Profile>"
    );
    let files =
        (0..apps).map(app).chain([("force-app/profiles/Sync.profile-meta.xml".to_owned(), profile.into_bytes())]);
    let mut inputs = Inputs::on(AS_OF);
    inputs.egress = (1..addresses).map(|it| format!("198.18.{}.{}", it / 250, it % 250).parse().unwrap()).collect();
    inputs.egress.push("203.0.113.7".parse().unwrap());
    let project = load(&Root::in_memory(Path::new("x"), Memory::of("x", files)), inputs).project;
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let rules = vec![catalog.get("oauth/egress-not-allowed").unwrap()];
    let plan = RunPlan { rules, presets: Preset::ALL.to_vec(), options: HashMap::new(), severities: HashMap::new() };
    let (outcome, steps) = steps::of(|| check(&project, &plan));
    assert!(outcome.findings.iter().all(|it| it.message.contains("203.0.113.7")), "{:?}", outcome.findings);
    (outcome.findings.len(), steps)
}

/// The findings of rules in a project of these files, and the steps to find them on one thread.
fn checked(files: Vec<(String, String)>, folders: &[&Path], ids: &[&str]) -> (usize, u64) {
    let files = files.into_iter().map(|(path, text)| (format!("force-app/{path}"), text.into_bytes()));
    let project = load(&Root::in_memory(Path::new("x"), Memory::of("x", files)), Inputs::on(AS_OF)).project;
    let catalog = Catalog::load(folders, &Shapes).unwrap();
    let rules = ids.iter().map(|id| catalog.get(id).unwrap()).collect();
    let plan = RunPlan { rules, presets: Preset::ALL.to_vec(), options: HashMap::new(), severities: HashMap::new() };
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (outcome, steps) = one.install(|| steps::of(|| check(&project, &plan)));
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    (outcome.findings.len(), steps)
}

/// Four times the input costs at most six times the steps, and some steps are counted at all.
fn hold(what: &str, steps: impl Fn(usize) -> u64, count: usize) {
    let (few, many) = (steps(count), steps(4 * count));
    assert!(few > 0 && many <= 6 * few, "{what}: {few} steps, then {many}");
}

#[test]
fn profiles_and_trusted_ranges_are_not_each_compared() {
    let steps = |count: usize| {
        let address = |it: usize| format!("{}.{}", it / 250, it % 250);
        let profile = |it: usize| {
            let text = format!(
                "<Profile {NS}><custom>true</custom><loginIpRanges><endAddress>198.18.{0}</endAddress><startAddress>\
                 198.18.{0}</startAddress></loginIpRanges><userPermissions><enabled>true</enabled><name>ApiUserOnly</name>\
                 </userPermissions></Profile>",
                address(it)
            );
            (format!("profiles/P{it}.profile-meta.xml"), text)
        };
        let range =
            |it: usize| format!("<ipRanges><end>198.19.{0}</end><start>198.19.{0}</start></ipRanges>", address(it));
        let ranges: String = (0..count).map(range).collect();
        let settings = format!("<SecuritySettings {NS}><networkAccess>{ranges}</networkAccess></SecuritySettings>");
        let mut files: Vec<_> = (0..count).map(profile).collect();
        files.push(("settings/Security.settings-meta.xml".to_owned(), settings));
        let (found, steps) = checked(files, &[], &["network/trusted-range-does-not-admit"]);
        assert!(found > 0);
        steps
    };
    hold("profiles and trusted ranges", steps, 50);
}

/// A page that finds every profile; `keys` are more of its keys.
fn page(keys: &str) -> String {
    format!(
        "# Every profile\n\nAny.\n\n```toml rule\nseverity = {{ continuity = \"note\" }}\nconfidence = \"high\"\n\
         from = \"Profile\"\nspan = \"custom\"\nmessage = \"{{Name}}\"\nhelp = \"None\"\nreferences = [\"x\"]\n{keys}```\n"
    )
}

#[test]
fn coverings_do_not_compare_each_finding_with_each() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, keys: &str| std::fs::write(folder.path().join(name), page(keys)).unwrap();
    let group = folder.path().file_name().unwrap().to_string_lossy().into_owned();
    put("first.md", &format!("supersedes = [\"{group}/second\"]\n"));
    put("second.md", "");
    let steps = |count: usize| {
        let profile = |it: usize| {
            (format!("profiles/P{it}.profile-meta.xml"), format!("<Profile {NS}><custom>true</custom></Profile>"))
        };
        let ids = [format!("{group}/first"), format!("{group}/second")];
        let files = (0..count).map(profile).collect();
        let (found, steps) = checked(files, &[folder.path()], &[&ids[0], &ids[1]]);
        assert_eq!(found, count, "each of the second rule is covered");
        steps
    };
    hold("coverings", steps, 100);
}

#[test]
fn apps_and_addresses_are_not_each_compared() {
    let (few, few_steps) = found(10, 100);
    let (many, many_steps) = found(40, 400);
    assert_eq!((few, many), (10, 40));
    assert!(few_steps > 0 && many_steps <= 6 * few_steps, "{few_steps} {many_steps}");
}

#[test]
fn a_call_does_not_mean_each_of_many_overloads() {
    let steps = |count: usize| {
        let method = |it: usize| {
            format!("public static void send(T{it} to) {{ String held = UserInfo.getSessionId(); send(held); }}\n")
        };
        let class = format!("public class Sender {{\n{}}}\n", (0..count).map(method).collect::<String>());
        let (_, steps) = checked(vec![("classes/Sender.cls".to_owned(), class)], &[], &["apex/session-id-stored"]);
        steps
    };
    hold("overloads", steps, 100);
}

#[test]
fn entry_points_do_not_each_follow_what_they_share() {
    let steps = |count: usize| {
        let many = |one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
        let entries = many(&|it| format!("@AuraEnabled public static void a{it}() {{ all(); }}\n"));
        let calls = many(&|it| format!("b{it}(); "));
        let callouts = many(&|it| format!("static void b{it}() {{ new Http().send(new HttpRequest()); }}\n"));
        let class = format!("public class Hub {{\n{entries}static void all() {{ {calls}}}\n{callouts}}}\n");
        let (_, steps) =
            checked(vec![("classes/Hub.cls".to_owned(), class)], &[], &["apex/callout-loop-in-sync-entry"]);
        steps
    };
    hold("entry points with one method in common", steps, 50);
}

#[test]
fn calls_of_one_method_are_not_each_followed() {
    let steps = |count: usize| {
        let calls = "f(s); ".repeat(count);
        let class = format!(
            "public class Own {{ @AuraEnabled public static void f(String s) {{ {calls}new Http().send(new \
             HttpRequest()); }} }}\n"
        );
        let (_, steps) =
            checked(vec![("classes/Own.cls".to_owned(), class)], &[], &["apex/callout-loop-in-sync-entry"]);
        steps
    };
    hold("calls of one method", steps, 100);
}

#[test]
fn external_and_named_credentials_are_not_each_compared() {
    let steps = |count: usize| {
        let external = |it: usize| {
            let text = format!(
                "<ExternalCredential {NS}><authenticationProtocol>Oauth</authenticationProtocol>\
                 <externalCredentialParameters><parameterGroup>P</parameterGroup><parameterName>P</parameterName>\
                 <parameterType>NamedPrincipal</parameterType></externalCredentialParameters><label>E{it}</label>\
                 </ExternalCredential>"
            );
            (format!("externalCredentials/E{it}.externalCredential-meta.xml"), text)
        };
        let named = |it: usize| {
            let text = format!(
                "<NamedCredential {NS}><label>N{it}</label><namedCredentialParameters><parameterName>E</parameterName>\
                 <parameterType>Authentication</parameterType><externalCredential>E{it}</externalCredential>\
                 </namedCredentialParameters><namedCredentialType>SecuredEndpoint</namedCredentialType>\
                 </NamedCredential>"
            );
            (format!("namedCredentials/N{it}.namedCredential-meta.xml"), text)
        };
        let access = |it: usize| {
            format!(
                "<externalCredentialPrincipalAccesses><enabled>true</enabled><externalCredentialPrincipal>E{it}-P\
                 </externalCredentialPrincipal></externalCredentialPrincipalAccesses>"
            )
        };
        let object = |it: usize| format!("<objectPermissions><object>O{it}</object></objectPermissions>");
        let accesses: String = (1..count).map(access).collect();
        let objects: String = (0..count).map(object).collect();
        let set = format!("<PermissionSet {NS}>{accesses}<label>S</label>{objects}</PermissionSet>");
        let files = (0..count).map(external).chain((0..count).map(named));
        let files = files.chain([("permissionsets/S.permissionset-meta.xml".to_owned(), set)]).collect();
        let (findings, steps) = checked(files, &[], &["credential/principal-not-granted"]);
        assert_eq!(findings, 1);
        steps
    };
    hold("credentials", steps, 50);
}
