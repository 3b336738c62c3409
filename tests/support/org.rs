//! Invented orgs of any size: profiles of megabytes, apps, settings in several packages, and many files without session
//! metadata.
//!
//! The same shape gives the same bytes on every machine. All names are made up; the elements are those of such files,
//! in the order and the layout in which Salesforce's tooling writes them.

#![allow(dead_code, reason = "each program that makes an org uses a part of this")]

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::apex::{self, Mix, Random};

const NAMESPACE: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

/// How many files of each sort an org has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// All files, the project file among them. What is below the sum of the others is filled with other metadata.
    pub(crate) files: usize,
    /// Package directories; each has Security settings, the first a complete file, the others parts.
    pub(crate) packages: usize,
    /// Profiles.
    pub(crate) profiles: usize,
    /// Bytes of a profile on the average: most have about half to half as much again, one in twenty 2.5 times as many.
    pub(crate) profile_bytes: usize,
    /// Session settings, each of one profile.
    pub(crate) session_settings: usize,
    /// Connected apps.
    pub(crate) apps: usize,
    /// Named credentials.
    pub(crate) named_credentials: usize,
    /// Permission sets, each a tenth of a profile.
    pub(crate) permission_sets: usize,
    /// Apex classes of about 13 KB, each with its description beside it.
    pub(crate) classes: usize,
    /// Whether the classes have the sizes and calls of real ones: half of them below 6 KB, the largest 240 KB, most
    /// relevant because they call each other.
    pub(crate) is_real_apex: bool,
    /// What makes one org differ from another of the same shape.
    pub(crate) seed: u64,
}

impl Shape {
    /// The org that `docs/performance.md` measures: 49,962 files, of which 961 (about 458 MB) are of session metadata.
    pub(crate) fn large(seed: u64) -> Self {
        Self {
            files: 49_962,
            packages: 1,
            profiles: 280,
            profile_bytes: 1_633_000,
            session_settings: 280,
            apps: 400,
            named_credentials: 0,
            permission_sets: 0,
            classes: 0,
            is_real_apex: false,
            seed,
        }
    }

    /// An org of `files` files with everything in it, in shares as large orgs have them.
    pub(crate) fn mixed(files: usize, profile_bytes: usize, seed: u64) -> Self {
        let share = |of_thousand: usize| (files * of_thousand).div_ceil(1000);
        Self {
            files,
            packages: 3,
            profiles: share(6),
            profile_bytes,
            session_settings: share(5),
            apps: share(8),
            named_credentials: share(4),
            permission_sets: share(12),
            classes: share(60),
            is_real_apex: false,
            seed,
        }
    }

    /// The same with everything in it twice, profiles of the same size.
    pub(crate) fn doubled(&self) -> Self {
        Self {
            files: self.files * 2,
            packages: self.packages,
            profiles: self.profiles * 2,
            profile_bytes: self.profile_bytes,
            session_settings: self.session_settings * 2,
            apps: self.apps * 2,
            named_credentials: self.named_credentials * 2,
            permission_sets: self.permission_sets * 2,
            classes: self.classes * 2,
            is_real_apex: self.is_real_apex,
            seed: self.seed,
        }
    }

    /// How many of its files hold session metadata.
    pub(crate) fn relevant(&self) -> usize {
        self.packages
            + self.profiles
            + self.session_settings
            + self.apps
            + self.named_credentials
            + self.permission_sets
    }

    fn other(&self) -> usize {
        self.files.saturating_sub(self.relevant() + 2 * self.classes + 1)
    }

    /// All parts, in the order in which their numbers choose packages and contents.
    fn parts(&self) -> Vec<Part> {
        let all = |count: usize, part: fn(usize) -> Part| (0..count).map(part);
        all(self.packages, Part::Settings)
            .chain(all(self.profiles, Part::Profile))
            .chain(all(self.session_settings, Part::SessionSetting))
            .chain(all(self.apps, Part::App))
            .chain(all(self.named_credentials, Part::NamedCredential))
            .chain(all(self.permission_sets, Part::PermissionSet))
            .chain(all(self.other(), Part::Other))
            .collect()
    }

    fn package(&self, index: usize) -> String {
        match index % self.packages.max(1) {
            0 => "force-app/main/default".to_owned(),
            package => format!("packages/part{package}/main/default"),
        }
    }
}

/// One file of an org, by its number among its kind.
#[derive(Clone, Copy, Debug)]
enum Part {
    Settings(usize),
    Profile(usize),
    SessionSetting(usize),
    App(usize),
    NamedCredential(usize),
    PermissionSet(usize),
    Other(usize),
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// All files.
    pub(crate) files: usize,
    /// Those of session metadata.
    pub(crate) relevant: usize,
    /// All bytes.
    pub(crate) bytes: u64,
}

/// Writes an org into `folder`, which is made.
pub(crate) fn write(shape: &Shape, folder: &Path) -> io::Result<Written> {
    let bytes = AtomicU64::new(0);
    let put = |path: &str, text: &str| {
        bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        let path = folder.join(path);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        fs::write(path, text)
    };
    put("sfdx-project.json", &project_file(shape))?;
    let parts = shape.parts();
    parts.par_iter().try_for_each(|part| {
        let (path, text) = file(shape, *part);
        put(&path, &text)
    })?;
    let mix = if shape.is_real_apex { Mix::real(shape.classes) } else { Mix::grown(shape.classes, 12_800) };
    let classes = apex::project(shape.seed, mix);
    classes.par_iter().enumerate().try_for_each(|(index, (path, text))| {
        let path = format!("{}/{path}", shape.package(index));
        put(&path, text)?;
        put(&format!("{path}-meta.xml"), &document("ApexClass", "    <apiVersion>61.0</apiVersion>\n"))
    })?;
    let files = 1 + parts.len() + 2 * classes.len();
    Ok(Written { files, relevant: shape.relevant(), bytes: bytes.into_inner() })
}

/// The text of the profile with this number, of about `bytes` bytes.
pub(crate) fn profile(seed: u64, number: usize, bytes: usize) -> String {
    permissions("Profile", &mut random(seed, 1, number), bytes)
}

/// One profile of about `bytes` bytes with this many ranges of addresses that end before they start.
pub(crate) fn profile_of_findings(findings: usize, bytes: usize) -> String {
    let mut text = String::new();
    for number in 0..findings {
        let _ = write!(
            text,
            "    <loginIpRanges>\n        <endAddress>203.0.113.{}</endAddress>\n        \
             <startAddress>203.0.113.{}</startAddress>\n    </loginIpRanges>\n",
            number % 100,
            number % 100 + 100,
        );
    }
    let filler = permissions("Profile", &mut random(1, 1, 0), bytes.saturating_sub(text.len()));
    filler.replacen("    <custom>", &format!("{text}    <custom>"), 1)
}

/// The text of some session setting.
pub(crate) fn small(seed: u64, number: usize) -> String {
    session_setting(&mut random(seed, 2, number), number)
}

fn random(seed: u64, sort: u64, number: usize) -> Random {
    let mut random = Random::new(seed ^ (sort << 56) ^ (number as u64).wrapping_mul(0x0100_0000_01B3));
    // The first numbers of neighbouring seeds are alike.
    for _ in 0..8 {
        random.next();
    }
    random
}

fn project_file(shape: &Shape) -> String {
    let folders: Vec<String> = (0..shape.packages)
        .map(|index| {
            let package = shape.package(index);
            let top = package.trim_end_matches("/main/default");
            format!("    {{ \"path\": \"{top}\", \"default\": {} }}", index == 0)
        })
        .collect();
    format!("{{\n  \"packageDirectories\": [\n{}\n  ],\n  \"sourceApiVersion\": \"61.0\"\n}}\n", folders.join(",\n"))
}

fn file(shape: &Shape, part: Part) -> (String, String) {
    let seed = shape.seed;
    match part {
        Part::Settings(number) => {
            let path = format!("{}/settings/Security.settings-meta.xml", shape.package(number));
            (path, security(&mut random(seed, 3, number), number))
        }
        Part::Profile(number) => {
            let path = format!("{}/profiles/{}.profile-meta.xml", shape.package(number), profile_name(number));
            (path, profile(seed, number, profile_size(seed, number, shape.profile_bytes)))
        }
        Part::SessionSetting(number) => {
            let name = profile_name(number).replace('-', "_").to_lowercase();
            let folder = format!("{}/profileSessionSettings", shape.package(number));
            (format!("{folder}/{name}.profileSessionSetting-meta.xml"), small(seed, number))
        }
        Part::App(number) => {
            let path = format!("{}/connectedApps/App_{number}.connectedApp-meta.xml", shape.package(number));
            (path, app(&mut random(seed, 4, number), number, shape.profiles))
        }
        Part::NamedCredential(number) => {
            let folder = format!("{}/namedCredentials", shape.package(number));
            let path = format!("{folder}/Service_{number}.namedCredential-meta.xml");
            (path, named_credential(&mut random(seed, 5, number), number))
        }
        Part::PermissionSet(number) => {
            let path = format!("{}/permissionsets/Set_{number}.permissionset-meta.xml", shape.package(number));
            let mut random = random(seed, 6, number);
            (path, permissions("PermissionSet", &mut random, shape.profile_bytes / 10))
        }
        Part::Other(number) => other(&shape.package(number), &mut random(seed, 7, number), number),
    }
}

fn document(root: &str, body: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} {NAMESPACE}>\n{body}</{root}>\n")
}

const DEPARTMENTS: &[&str] =
    &["Sales", "Service", "Claims", "Field Crew", "Finance", "Partners", "Billing", "Warehouse", "Support", "Nightly"];

fn profile_name(number: usize) -> String {
    format!("{}-{number}", DEPARTMENTS[number % DEPARTMENTS.len()])
}

/// Bytes of one profile: spread so that their mean is `mean` and one in twenty is large.
fn profile_size(seed: u64, number: usize, mean: usize) -> usize {
    if number % 20 == 19 {
        return mean * 5 / 2;
    }
    // 0.421 to 1.421, so that with the large ones the mean is 1.
    mean * (421 + random(seed, 8, number).below(1001)) / 1000
}

/// The sections of a profile or permission set: element name, thousandths of its bytes, what writes one.
type Section = (&'static str, usize, fn(&mut String, &mut Random, usize));

/// Lengths of names as 579 profiles of public projects have them: the shortest, a tenth, a quarter, a half, three quarters,
/// nine tenths, the longest.
type Lengths = [usize; 7];

const SHARES: [usize; 7] = [0, 100, 250, 500, 750, 900, 1000];

/// Elements, shares and lengths of the same profiles; all but five of the profiles have this order.
const SECTIONS: &[Section] = &[
    ("applicationVisibilities", 24, |text, random, number| {
        let name = word(random, [3, 14, 17, 19, 23, 26, 37], number);
        leaves(text, &[("application", &name), ("default", often(random, 46)), ("visible", often(random, 168))]);
    }),
    ("classAccesses", 80, |text, random, number| {
        let name = word(random, [5, 16, 21, 26, 31, 35, 48], number);
        leaves(text, &[("apexClass", &name), ("enabled", often(random, 271))]);
    }),
    ("custom", 0, |text, _, _| text.push_str("true")),
    ("fieldPermissions", 673, |text, random, number| {
        let object = object(number / 40);
        let field = word(random, [8, 18, 24, 31, 40, 48, 86].map(|it| usize::saturating_sub(it, object.len())), number);
        let field = format!("{object}.{field}");
        leaves(text, &[("editable", often(random, 597)), ("field", &field), ("readable", often(random, 742))]);
    }),
    ("flowAccesses", 16, |text, random, number| {
        let name = word(random, [6, 17, 24, 31, 40, 48, 80], number);
        leaves(text, &[("enabled", often(random, 4)), ("flow", &name)]);
    }),
    ("layoutAssignments", 69, |text, random, number| {
        let object = object(number / 3);
        let layout =
            word(random, [7, 18, 26, 37, 47, 58, 100].map(|it| usize::saturating_sub(it, object.len())), number);
        let layout = format!("{object}-{layout}%26 Layout");
        let record_type = format!("{object}.{}", word(random, [7, 13, 19, 24, 32, 45, 87], number));
        let both = [("layout", layout.as_str()), ("recordType", record_type.as_str())];
        leaves(text, &both[..=usize::from(random.one_in(10))]);
    }),
    ("objectPermissions", 28, |text, random, number| {
        let shares = [859, 741, 865, 1000, 653];
        let names = ["allowCreate", "allowDelete", "allowEdit", "allowRead", "modifyAllRecords"];
        let mut all: Vec<(&str, &str)> =
            names.iter().zip(shares).map(|(name, share)| (*name, often(random, share))).collect();
        let object = object(number);
        all.push(("object", object.as_str()));
        // Newer versions of the API have one more.
        if random.one_in(5) {
            all.push(("viewAllFields", "false"));
        }
        all.push(("viewAllRecords", often(random, 672)));
        leaves(text, &all);
    }),
    ("pageAccesses", 25, |text, random, number| {
        let name = word(random, [1, 10, 13, 18, 23, 27, 40], number);
        leaves(text, &[("apexPage", &name), ("enabled", often(random, 151))]);
    }),
    ("recordTypeVisibilities", 15, |text, random, number| {
        let record_type = format!("{}.{}", object(number / 3), word(random, [0, 4, 9, 16, 22, 35, 77], number));
        let all = [
            ("default", often(random, 159)),
            ("personAccountDefault", "true"),
            ("recordType", record_type.as_str()),
            ("visible", often(random, 446)),
        ];
        let is_of_person = random.one_in(12);
        let all: Vec<_> = all.into_iter().filter(|(name, _)| is_of_person || *name != "personAccountDefault").collect();
        leaves(text, &all);
    }),
    ("tabVisibilities", 47, |text, random, number| {
        let name = word(random, [3, 13, 16, 20, 26, 31, 42], number);
        leaves(text, &[("tab", &name), ("visibility", random.pick(&["Hidden", "Hidden", "Hidden", "DefaultOn"]))]);
    }),
    ("userLicense", 0, |text, _, _| text.push_str("Salesforce")),
    ("userPermissions", 23, |text, random, number| {
        let known = ["ApiEnabled", "PasswordNeverExpires", "TwoFactorApi"];
        // Salesforce names its permissions: every org has the same few hundred.
        let shared = || word(&mut self::random(0, 9, number), [7, 10, 13, 18, 22, 26, 40], number);
        let name = known.get(number).map_or_else(shared, |name| (*name).to_owned());
        // What weakens an org is rare, as it is in real ones.
        leaves(text, &[("enabled", if number == 1 { flag(random) } else { "true" }), ("name", &name)]);
    }),
];

/// `true` so many times of a thousand.
fn often(random: &mut Random, share: usize) -> &'static str {
    if random.below(1000) < share { "true" } else { "false" }
}

/// A number as often as `lengths` have it.
fn drawn(random: &mut Random, lengths: Lengths) -> usize {
    let at = random.below(1000);
    let part = SHARES.partition_point(|share| *share <= at) - 1;
    let (low, high) = (lengths[part], lengths[part + 1]);
    low + (high - low) * (at - SHARES[part]) / (SHARES[part + 1] - SHARES[part])
}

/// Words that names are made of.
const PARTS: &[&str] = &["Invoice", "Total_", "Ship", "Meter", "Of", "Visit_", "Late", "Crew", "Sum", "Region_", "Is"];

/// A name with a number in it, of a length as `lengths` have it.
fn word(random: &mut Random, lengths: Lengths, number: usize) -> String {
    let length = drawn(random, lengths);
    let end = number.to_string();
    let mut name = String::with_capacity(length + 8);
    while name.len() + end.len() < length {
        name.push_str(random.pick(PARTS));
    }
    name.truncate(length.saturating_sub(end.len()));
    if name.is_empty() {
        name.push('A');
    }
    name + &end
}

fn flag(random: &mut Random) -> &'static str {
    random.pick(&["true", "false"])
}

fn object(number: usize) -> String {
    format!("{}_{number}__c", ["Invoice", "Shipment", "Claim", "Visit", "Order_Line", "Meter"][number % 6])
}

fn leaves(text: &mut String, leaves: &[(&str, &str)]) {
    text.push('\n');
    for (name, value) in leaves {
        let _ = writeln!(text, "        <{name}>{value}</{name}>");
    }
    text.push_str("    ");
}

/// A profile or permission set of about `bytes` bytes. Few have line endings or an indentation of their own.
fn permissions(root: &str, random: &mut Random, bytes: usize) -> String {
    let mut body = String::with_capacity(bytes + 512);
    for &(name, share, one) in SECTIONS {
        if root == "PermissionSet" && matches!(name, "custom" | "userLicense" | "layoutAssignments") {
            continue;
        }
        let end = body.len() + bytes * share / 1000;
        let mut number = 0;
        loop {
            let _ = write!(body, "    <{name}>");
            one(&mut body, random, number);
            let _ = writeln!(body, "</{name}>");
            if body.len() >= end {
                break;
            }
            // Each leaves out others of the names that all have in common.
            number += 1 + usize::from(random.one_in(4));
        }
        if name == "layoutAssignments" {
            logins(&mut body, random);
        }
    }
    if root == "PermissionSet" {
        body.insert_str(0, "    <label>Some tasks</label>\n");
    }
    let text = document(root, &body);
    match random.below(25) {
        0 => text.replace('\n', "\r\n"),
        1 => text.replace("    ", "\t"),
        _ => text,
    }
}

/// Where and when the users of a profile may log in; most profiles say nothing of it.
fn logins(text: &mut String, random: &mut Random) {
    if random.one_in(20) {
        text.push_str("    <loginHours>");
        leaves(text, &[("mondayEnd", "1260"), ("mondayStart", "360"), ("tuesdayEnd", "1260"), ("tuesdayStart", "360")]);
        text.push_str("</loginHours>\n");
    }
    if random.one_in(6) {
        for _ in 0..=random.below(8) {
            let start = random.below(200);
            text.push_str("    <loginIpRanges>");
            let end = format!("198.51.100.{}", start + random.below(50));
            leaves(text, &[("endAddress", &end), ("startAddress", &format!("198.51.100.{start}"))]);
            text.push_str("</loginIpRanges>\n");
        }
    }
}

fn session_setting(random: &mut Random, number: usize) -> String {
    let name = profile_name(number).to_lowercase();
    let minutes = random.pick(&["15", "30", "60", "120", "240", "480", "720"]);
    let body = format!(
        "    <externalCommunityUserIdentityVerif>false</externalCommunityUserIdentityVerif>\n    \
         <forceLogout>{}</forceLogout>\n    <profile>{name}</profile>\n    \
         <requiredSessionLevel>STANDARD</requiredSessionLevel>\n    \
         <sessionPersistence>{}</sessionPersistence>\n    <sessionTimeout>{minutes}</sessionTimeout>\n    \
         <sessionTimeoutWarning>{}</sessionTimeoutWarning>\n",
        flag(random),
        flag(random),
        flag(random),
    );
    document("ProfileSessionSetting", &body)
}

fn app(random: &mut Random, number: usize, profiles: usize) -> String {
    let mut body = format!(
        "    <contactEmail>platform@example.com</contactEmail>\n    <label>{} App {number}</label>\n    <oauthConfig>\n        \
         <callbackUrl>https://app{number}.example.com/callback</callbackUrl>\n        \
         <consumerKey>3MVG9INVENTED{number:05}NOTAKEYNOTAKEYNOTAKEYNOTAKEY</consumerKey>\n        \
         <isAdminApproved>{}</isAdminApproved>\n        <isPkceRequired>{}</isPkceRequired>\n        \
         <scopes>Api</scopes>\n",
        random.pick(DEPARTMENTS),
        flag(random),
        flag(random),
    );
    if !random.one_in(4) {
        body.push_str("        <scopes>RefreshToken</scopes>\n");
    }
    let relaxation = random.pick(&["ENFORCE", "ENFORCE_RELAXREFRESH", "BYPASS"]);
    let policy = random.pick(&["infinite", "infinite", "infinite", "zero", "specific_lifetime:30:DAYS"]);
    let _ = write!(
        body,
        "    </oauthConfig>\n    <oauthPolicy>\n        <ipRelaxation>{relaxation}</ipRelaxation>\n        \
         <refreshTokenPolicy>{policy}</refreshTokenPolicy>\n    </oauthPolicy>\n",
    );
    if profiles > 0 && random.one_in(3) {
        let _ = writeln!(body, "    <profileName>{}</profileName>", profile_name(random.below(profiles)));
    }
    if random.one_in(10) {
        body.push_str("    <sessionPolicy>\n        <sessionTimeout>60</sessionTimeout>\n    </sessionPolicy>\n");
    }
    document("ConnectedApp", &body)
}

fn named_credential(random: &mut Random, number: usize) -> String {
    let (principal, protocol) = if random.one_in(3) { ("PerUser", "Oauth") } else { ("NamedUser", "Password") };
    let body = format!(
        "    <allowMergeFieldsInBody>{}</allowMergeFieldsInBody>\n    \
         <allowMergeFieldsInHeader>{}</allowMergeFieldsInHeader>\n    \
         <endpoint>https://service{number}.example.com/v1</endpoint>\n    \
         <generateAuthorizationHeader>true</generateAuthorizationHeader>\n    <label>Service {number}</label>\n    \
         <principalType>{principal}</principalType>\n    <protocol>{protocol}</protocol>\n",
        flag(random),
        flag(random),
    );
    document("NamedCredential", &body)
}

fn security(random: &mut Random, number: usize) -> String {
    let history =
        "    <passwordPolicies>\n        <historyRestriction>5</historyRestriction>\n    </passwordPolicies>\n";
    if number > 0 {
        return document("SecuritySettings", history);
    }
    let names = ["enableCSRFOnGet", "enableCSRFOnPost", "enforceIpRangesEveryRequest", "forceLogoutOnSessionTimeout"];
    let mut body = format!("{history}    <sessionSettings>\n");
    for name in names {
        let _ = writeln!(body, "        <{name}>{}</{name}>", flag(random));
    }
    let timeout = random.pick(&["TwoHours", "FourHours", "EightHours"]);
    let _ = write!(body, "        <sessionTimeout>{timeout}</sessionTimeout>\n    </sessionSettings>\n");
    document("SecuritySettings", &body)
}

/// Metadata that is not about sessions: most files of an org are fields, layouts, flows and tests of those.
fn other(package: &str, random: &mut Random, number: usize) -> (String, String) {
    let object = object(number / 12);
    match number % 12 {
        0 => {
            let body = format!("    <label>{object}</label>\n    <deploymentStatus>Deployed</deploymentStatus>\n");
            (format!("{package}/objects/{object}/{object}.object-meta.xml"), document("CustomObject", &body))
        }
        1 | 2 => {
            let item = "    <layoutItems>\n        <behavior>Edit</behavior>\n        <field>Name</field>\n    </layoutItems>\n";
            let path = format!("{package}/layouts/{object}-Layout {number}.layout-meta.xml");
            (path, document("Layout", &item.repeat(10 + random.below(30))))
        }
        3 => {
            let element =
                "    <assignments>\n        <name>Step</name>\n        <label>Step</label>\n    </assignments>\n";
            let path = format!("{package}/flows/Guided_Step_{number}.flow-meta.xml");
            (path, document("Flow", &element.repeat(5 + random.below(40))))
        }
        4 => {
            let text = format!(
                "import {{ LightningElement }} from 'lwc';\nexport default class C{number} extends LightningElement {{}}\n"
            );
            (format!("{package}/lwc/c{number}/c{number}.js"), text)
        }
        5 => {
            let body =
                format!("    <customObject>true</customObject>\n    <motif>Custom{}</motif>\n", random.below(99));
            (format!("{package}/tabs/{object}_{number}.tab-meta.xml"), document("CustomTab", &body))
        }
        _ => {
            let body = format!(
                "    <fullName>Attribute_{number}__c</fullName>\n    <label>Attribute {number}</label>\n    \
                 <length>{}</length>\n    <type>Text</type>\n",
                random.below(255)
            );
            let path = format!("{package}/objects/{object}/fields/Attribute_{number}__c.field-meta.xml");
            (path, document("CustomField", &body))
        }
    }
}
