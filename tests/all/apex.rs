//! The rows of the Apex tables for small projects of several classes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support;
use crate::support::Project;
use sessionlint::discover::Root;
use sessionlint::load::{Loaded, load};
use sessionlint::metadata::{CodeReading, Inputs};
use sessionlint::rule_test::AS_OF;

/// A project of classes and triggers: the first word after modifiers that names one gives the file its name.
fn project(files: &[(&str, &str)]) -> Project {
    let folder = |name: &str| match name.rsplit('.').next() {
        Some("cls") => "classes",
        Some("trigger") => "triggers",
        Some("page") => "pages",
        Some("component") => "components",
        _ => "",
    };
    let path = |name: &str| match folder(name) {
        "" => format!("force-app/main/default/{name}"),
        folder => format!("force-app/main/default/{folder}/{name}"),
    };
    let files: Vec<(String, &str)> = files.iter().map(|(name, text)| (path(name), *text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    Project::sfdx(&files)
}

fn read(project: &Project, code: CodeReading) -> Loaded {
    let inputs = Inputs { code, ..Inputs::on(AS_OF) };
    load(&Root::open(&project.root()), inputs)
}

/// The cells of `columns` of every row of `table`, as texts, one row a line.
fn rows(files: &[(&str, &str)], table: &str, columns: &str) -> Vec<String> {
    let project = project(files);
    let some = cells(&read(&project, CodeReading::Relevant), table, columns);
    let all = cells(&read(&project, CodeReading::Everything), table, columns);
    assert_eq!(some, all, "what is left out says nothing");
    some
}

fn cells(loaded: &Loaded, table: &str, columns: &str) -> Vec<String> {
    assert!(loaded.notices.is_empty(), "{:?}", loaded.notices);
    let rows = support::cells(&loaded.project, table, columns.split(' '));
    rows.iter().map(|row| row.join(" | ")).collect()
}

const SYNC_JOB: (&str, &str) = (
    "SyncJob.cls",
    "public class SyncJob {\n  @Future(callout=true)\n  public static void push(Set<Id> ids, String key) { }\n  \
     public static void push(String key) { }\n}\n",
);

#[test]
fn a_session_id_that_is_handed_to_a_future_method_is_reported() {
    let caller = (
        "Caller.cls",
        "public class Caller {\n  void direct(Set<Id> ids) { syncjob.PUSH(ids, Userinfo.getSessionID()); }\n  \
         void local(Set<Id> ids) {\n    String sid = UserInfo.getSessionId();\n    SyncJob.push(ids, sid);\n  }\n  \
         void other() { SyncJob.push(UserInfo.getSessionId()); }\n}\n",
    );
    let found = rows(&[SYNC_JOB, caller], "ApexSessionUse", "Method Source Sink Target TargetKind Confidence");
    assert_eq!(
        found,
        [
            "Caller.direct | getSessionId | async-argument | SyncJob.push | future | high",
            "Caller.local | getSessionId | async-argument | SyncJob.push | future | high",
            "Caller.other | getSessionId | none | null | null | high",
        ]
    );
}

#[test]
fn a_large_class_is_read_like_a_short_one() {
    // More than the bytes that the first pass reads at once.
    let filler = "  // The route of a parcel is planned anew for each stop.\n".repeat(1_000);
    let class = format!("public class Large {{\n{filler}  String id() {{ return UserInfo.getSessionId(); }}\n}}\n");
    assert_eq!(rows(&[("Large.cls", &class)], "ApexSessionUse", "Method"), ["Large.id"]);
}

#[test]
fn a_session_id_that_a_job_is_made_with_is_reported() {
    let base = ("BaseJob.cls", "public abstract class BaseJob implements System.Queueable { public String sid; }");
    let job = ("Job.cls", "public class Job extends BaseJob { public Job(String key) { this.sid = key; } }");
    let caller = (
        "Caller.cls",
        "public class Caller {\n  void run() { System.enqueueJob(new Job(UserInfo.getSessionId())); }\n  \
         void set() { Job j = new Job(null); j.sid = UserInfo.getSessionId(); System.enqueueJob(j); }\n  \
         void plain() { new Other(UserInfo.getSessionId()); }\n}\n",
    );
    let other = ("Other.cls", "public class Other { public Other(String key) { } }");
    let found = rows(&[base, job, caller, other], "ApexSessionUse", "Method Sink Target TargetKind");
    assert_eq!(
        found,
        [
            "Caller.run | async-argument | Job | queueable",
            "Caller.set | async-argument | Job | queueable",
            "Caller.plain | none | null | null",
        ]
    );
}

#[test]
fn a_session_id_as_an_api_credential_is_reported() {
    let files = [
        (
            "B.cls",
            "public class B {\n  @AuraEnabled public static String q() {\n    HttpRequest r = new HttpRequest();\n    \
             r.setHeader('authorization', 'Bearer ' + UserInfo.getSessionId());\n    \
             return new Http().send(r).getBody();\n  }\n}",
        ),
        (
            "C.cls",
            "public class C {\n  void stub() { stub.SessionHeader.sessionId = UserInfo.getSessionId(); }\n  \
             String envelope() { return '<SessionHeader><sessionId>' + UserInfo.getSessionId() + '</sessionId>'; }\n  \
             void accept(HttpRequest r) { r.setHeader('Accept', UserInfo.getSessionId()); }\n}",
        ),
    ];
    let found = rows(&files, "ApexSessionUse", "Method Sink EntryKind IsFromLightning IsNullChecked");
    assert_eq!(
        found,
        [
            "B.q | authorization-header | aura | true | false",
            "C.stub | session-header | null | false | false",
            "C.envelope | soap-envelope | null | false | false",
            "C.accept | none | null | false | false",
        ]
    );
}

#[test]
fn the_transaction_around_a_session_id_is_reported() {
    let files = [
        (
            "J.cls",
            "public class J implements Queueable {\n  public J() { UserInfo.getSessionId(); }\n  \
             public void execute(QueueableContext c) { String s = UserInfo.getSessionId(); if (s != null) { H.use(); } }\n}",
        ),
        ("H.cls", "public class H {\n  public static void use() { UserInfo.getSessionId(); D.deep(); }\n}"),
        ("D.cls", "public class D {\n  public static void deep() { UserInfo.getSessionId(); }\n}"),
        ("T.trigger", "trigger T on Order__e (after insert) { String s = UserInfo.getSessionId(); }"),
        ("U.trigger", "trigger U on Account (after insert) { String s = UserInfo.getSessionId(); }"),
    ];
    let found = rows(&files, "ApexSessionUse", "Method Context IsAsync IsNullChecked");
    assert_eq!(
        found,
        [
            "D.deep | null | false | false",
            "H.use | queueable | true | false",
            "J.J | null | false | false",
            "J.execute | queueable | true | true",
            "T | event-trigger | true | false",
            "U | null | false | false",
        ]
    );
}

#[test]
fn every_way_to_ask_for_null_counts() {
    let job = (
        "F.cls",
        "public class F {\n\
         @future static void coalesced() { String s = UserInfo.getSessionId() ?? 'none'; }\n\
         @future static void otherwise() { String s = key ?? UserInfo.getSessionId(); }\n\
         @future static void safe() { String s = UserInfo.getSessionId()?.left(15); }\n\
         @future static void unsafe() { String s = UserInfo.getSessionId().left(15); }\n\
         @future static void blank() { if (String.isBlank(UserInfo.getSessionId())) { return; } }\n}",
    );
    let found = rows(&[job], "ApexSessionUse", "Method IsNullChecked");
    let expected = ["F.coalesced | true", "F.otherwise | false", "F.safe | true", "F.unsafe | false", "F.blank | true"];
    assert_eq!(found, expected);
    let body = "String s = UserInfo.getSessionId() ?? ''; HttpRequest r = new HttpRequest(); \
                r.setHeader('Authorization', 'Bearer ' + s); System.debug(accessToken ?? 'none');";
    let class = format!("public class A {{ void f(String accessToken) {{ {body} }} }}");
    assert_eq!(rows(&[("A.cls", &class)], "ApexSessionUse", "Sink"), ["authorization-header"]);
    assert_eq!(rows(&[("A.cls", &class)], "ApexDebug", "Secret"), ["accessToken"]);
}

#[test]
fn guards_hold_on_their_own_branch_only() {
    let helper = (
        "H.cls",
        "public class H {\n\
         public static void early() { if (System.isFuture()) { return; } UserInfo.getSessionId(); }\n\
         public static void inside() { if (!System.isFuture() && !System.isBatch()) { UserInfo.getSessionId(); } }\n\
         public static void otherwise() { if (System.isFuture()) { x(); } else { UserInfo.getSessionId(); } }\n\
         public static void flag() { Boolean later = System.isFuture() || System.isBatch();\n\
         if (later == false) { UserInfo.getSessionId(); } }\n\
         public static void after() { if (!System.isFuture()) { x(); } UserInfo.getSessionId(); }\n\
         public static void tests() { if (Test.isRunningTest()) { UserInfo.getSessionId(); } }\n\
         public static void batch() { if (System.isBatch()) { return; } UserInfo.getSessionId(); }\n\
         public static void asked() { if (isLater()) { return; } UserInfo.getSessionId(); }\n\
         public static void unsure() { if (isOne()) { return; } UserInfo.getSessionId(); }\n\
         static Boolean isLater() { return System.isFuture() || System.isBatch(); }\n\
         static Boolean isOne() { return System.isFuture(); }\n\
         static void x() { }\n\
         class Other { Boolean isOne() { return true; } }\n}",
    );
    let job = (
        "F.cls",
        "public class F { @future static void run() {\n\
         H.early(); H.inside(); H.otherwise(); H.flag(); H.after(); H.tests(); H.batch(); H.asked(); H.unsure(); } }",
    );
    let found = rows(&[helper, job], "ApexSessionUse", "Method Context");
    assert_eq!(
        found,
        [
            "H.early | null",
            "H.inside | null",
            "H.otherwise | null",
            "H.flag | null",
            "H.after | future",
            "H.tests | null",
            "H.batch | future",
            "H.asked | null",
            "H.unsure | future",
        ]
    );
}

#[test]
fn behind_a_question_that_is_not_read_nothing_is_reported() {
    let class = "public class Q implements Schedulable {\n\
         public void execute(SchedulableContext c) { early(); plain(); }\n\
         void early() { if (Request.getCurrent().getQuiddity() == Quiddity.SCHEDULED) { return; } new Http().send(null); }\n\
         void plain() { if (mode == Mode.SCHEDULED) { return; } new Http().send(null); }\n}";
    assert_eq!(rows(&[("Q.cls", class)], "ApexCalloutPath", "CalloutIn"), ["Q.plain"]);
}

#[test]
fn a_guard_against_triggers_holds_for_triggers_only() {
    let helper = (
        "H.cls",
        "public class H {\n\
         public static void one() { if (Trigger.isExecuting) { later(); } else { new Http().send(null); } }\n\
         @AuraEnabled public static void click() { one(); }\n\
         @future(callout=true) static void later() { one(); }\n}",
    );
    let trigger = ("T.trigger", "trigger T on Account (after insert) { H.one(); if (Trigger.isAfter) { H.two(); } }");
    let found = rows(&[helper, trigger], "ApexCalloutPath", "Method EntryKind");
    assert_eq!(found, ["H.click | aura", "H.later | future"]);
}

const SENDER: (&str, &str) = (
    "Sender.cls",
    "public class Sender {\n  public static void post(String body) {\n    HttpRequest r = new HttpRequest();\n    \
     r.setEndpoint('callout:Erp/v1?key=1');\n    r.setTimeout(90000);\n    new Http().send(r);\n  }\n  \
     @future(callout=true)\n  public static void post(String body, Id i) { post(body); }\n}",
);

#[test]
fn ways_to_callouts_are_followed_three_calls_far_and_by_number_of_arguments() {
    let files = [
        SENDER,
        (
            "A.cls",
            "public class A {\n  @AuraEnabled public static void near() { Sender.post('x'); }\n  @AuraEnabled public static void later() { Sender.post('x', null); }\n  @InvocableMethod public static void far(List<Id> ids) { for (Id i : ids) { B.one(); } }\n  @AuraEnabled public static void tooFar() { Z.zero(); }\n}",
        ),
        ("B.cls", "public class B { public static void one() { this.two(); } void two() { Sender.post('x'); } }"),
        ("Z.cls", "public class Z { public static void zero() { B.one(); } }"),
        (
            "T.trigger",
            "trigger T on Account (after update) {\n  update other;\n  if (Trigger.isAfter) { Sender.post('x'); }\n}",
        ),
    ];
    let columns = "Method EntryKind Depth Site CalloutIn Chain IsInLoop IsSync IsAfterDml IsSameClass";
    let found = rows(&files, "ApexCalloutPath", columns);
    assert_eq!(
        found,
        [
            "A.near | aura | 1 | Sender.post | Sender.post | A.near -> Sender.post | false | true | false | false",
            "A.far | invocable | 3 | B.one | Sender.post | A.far -> B.one -> B.two -> Sender.post | true | true | false | false",
            "Sender.post | future | 1 | Sender.post | Sender.post | Sender.post -> Sender.post | false | false | false | true",
            "T | trigger | 1 | Sender.post | Sender.post | T -> Sender.post | false | true | true | false",
        ]
    );
    let found = rows(&files, "ApexCalloutPath", "Method Endpoint CalloutName TimeoutMs AllowsCallouts Loop");
    assert_eq!(found[2], "Sender.post | callout:Erp/v1 | Erp | 90000 | true | null");
    assert_eq!(found[1], "A.far | callout:Erp/v1 | Erp | 90000 | null | for");
    let found = rows(&files, "ApexCallout", "Method Callout EntryKind IsAsync TimeoutMs");
    assert_eq!(found, ["Sender.post | Http.send | aura | false | 90000"]);
}

#[test]
fn what_a_loop_does_once_or_a_few_times_is_not_repeated() {
    let loops = [
        ("few", "for (Integer i = 0; i < 3; i++) { send(); }", false),
        ("constant", "Integer i = 0; while (!done && i < TRIES) { send(); i++; }", false),
        ("last", "Integer i = 0; do { send(); i += 1; } while (i <= 5);", false),
        ("left", "for (Id i : ids) { return new Http().send(null); }", false),
        ("many", "for (Integer i = 0; i < 50; i++) { send(); }", true),
        ("unknown", "for (Integer i = 0; i < ids.size(); i++) { send(); }", true),
        ("sometimes", "Integer i = 0; while (i < 3) { send(); if (failed) { i++; } }", true),
        ("either", "for (Integer i = 0; i < 3 || more; i++) { send(); }", true),
        ("larger", "for (Integer i = 0; i < LIMITS; i++) { send(); }", true),
        ("outer", "for (Id one : ids) { for (Integer i = 0; i < 3; i++) { send(); } }", true),
    ];
    let methods: Vec<String> = loops
        .iter()
        .map(|(name, body, _)| format!("@AuraEnabled public static HttpResponse {name}(List<Id> ids) {{ {body} }}\n"))
        .collect();
    let methods = methods.concat();
    let class = format!(
        "public class L {{\n static final Integer TRIES = 3; static final Integer LIMITS = 100;\n{methods} static void send() {{ new \
         Http().send(null); }}\n}}"
    );
    let found = rows(&[("L.cls", &class)], "ApexCalloutPath", "Method IsInLoop");
    let expected: Vec<String> = loops.iter().map(|(name, _, repeated)| format!("L.{name} | {repeated}")).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_is_commented_out_or_handed_on_is_no_way() {
    let files = [
        (
            "W.cls",
            "public class W {\n  //@future(callout=true)\n  public static void pay(String x) { new Http().send(new HttpRequest()); }\n}",
        ),
        (
            "S.cls",
            "public class S implements Schedulable { public void execute(SchedulableContext c) { System.enqueueJob(new Q()); W.pay('x'); } }",
        ),
        (
            "S2.cls",
            "public class S2 implements Schedulable { public void execute(SchedulableContext c) { System.enqueueJob(new Q()); } }",
        ),
        (
            "Q.cls",
            "public class Q implements Queueable, Database.AllowsCallouts { public void execute(QueueableContext c) { W.pay('x'); } }",
        ),
        (
            "Q2.cls",
            "public class Q2 extends Lib.Job implements Queueable { public void execute(QueueableContext c) { W.pay('x'); } }",
        ),
        ("Q3.cls", "public class Q3 implements Queueable { public void execute(QueueableContext c) { W.pay('x'); } }"),
    ];
    let found = rows(&files, "ApexCalloutPath", "Method EntryKind Depth AllowsCallouts");
    assert_eq!(
        found,
        [
            "Q.execute | queueable | 1 | true",
            "Q2.execute | queueable | 1 | null",
            "Q3.execute | queueable | 1 | false",
            "S.execute | schedulable | 1 | null",
        ]
    );
}

#[test]
fn two_methods_of_the_same_shape_are_none() {
    let files = [
        (
            "Pair.cls",
            "public class Pair {\n  public static void go(String x) { new Http().send(new HttpRequest()); }\n  \
             public static void go(Id x) { }\n}",
        ),
        ("A.cls", "public class A { @AuraEnabled public static void run() { Pair.go('x'); } }"),
    ];
    assert_eq!(rows(&files, "ApexCalloutPath", "Method"), [] as [&str; 0]);
}

#[test]
fn inherited_and_inner_methods_are_found() {
    let files = [
        (
            "Base.cls",
            "public virtual class Base { protected void call() { Http h = new Http(); h.send(new HttpRequest()); } }",
        ),
        ("Mid.cls", "public virtual class Mid extends Base { }"),
        ("Leaf.cls", "public class Leaf extends Mid { public void run() { call(); } }"),
        (
            "Ctrl.cls",
            "public class Ctrl {\n  @AuraEnabled public static void go() { Leaf l = new Leaf(); l.run(); new Inner().work(); Outer.Nested.make(); }\n  class Inner { void work() { new Leaf().call(); } }\n}",
        ),
        ("Outer.cls", "public class Outer { public class Nested { } public static void x() {} }"),
    ];
    let found = rows(&files, "ApexCalloutPath", "Method Chain");
    assert_eq!(
        found,
        ["Ctrl.go | Ctrl.go -> Leaf.run -> Base.call", "Ctrl.go | Ctrl.go -> Ctrl.Inner.work -> Base.call"]
    );
}

#[test]
fn test_code_and_hidden_bodies_say_nothing() {
    let files = [
        (
            "T1.cls",
            "@IsTest private class T1 { void f() { System.enqueueJob(new J(UserInfo.getSessionId())); } class In { String h = 'https://acme.my.salesforce.com'; } }",
        ),
        (
            "T2.cls",
            "public class T2 { @isTest static void f() { UserInfo.getSessionId(); } static testMethod void g() { UserInfo.getSessionId(); } void h() { UserInfo.getSessionId(); } }",
        ),
        ("P.cls", "global class P { global static String session() { UserInfo.getSessionId(); }\n(hidden)\n}"),
        ("V.cls", "public class V { // a field (hidden) in the page\n  void f() { UserInfo.getSessionId(); } }"),
    ];
    assert_eq!(rows(&files, "ApexSessionUse", "Method"), ["T2.h", "V.f"]);
    assert_eq!(rows(&files, "ApexLiteral", "Method"), [] as [&str; 0]);
}

#[test]
fn what_does_not_fit_the_grammar_costs_its_own_range_only() {
    let files = [
        (
            "T.trigger",
            "trigger T on Account (after insert) {\n  UserInfo.getSessionId();\n  trigger.new[0].addError(UserInfo.getSessionId());\n  \
         A.push(UserInfo.getSessionId());\n}",
        ),
        ("A.cls", "public class A { @future public static void push(String s) { } }"),
    ];
    let found = rows(&files, "ApexSessionUse", "Method Sink Confidence");
    assert!(found.contains(&"T | none | high".to_owned()), "{found:?}");
    assert!(found.contains(&"T | async-argument | high".to_owned()), "{found:?}");
}

#[test]
fn schedulables_that_do_the_work_are_reported() {
    let files = [
        (
            "Heavy.cls",
            "public class Heavy implements Schedulable {\n  public void execute(SchedulableContext c) { Work.run(); }\n}",
        ),
        (
            "Work.cls",
            "public class Work { public static void run() { List<Account> all = [SELECT Id FROM Account]; save(all); } \
             static void save(List<Account> all) { update all; } }",
        ),
        (
            "Light.cls",
            "public class Light implements System.Schedulable { public void execute(System.SchedulableContext c) { \
             Account a = [SELECT Id FROM Account LIMIT 1]; update a; } }",
        ),
        (
            "Handing.cls",
            "public class Handing implements Schedulable { public void execute(SchedulableContext c) { \
             for (Account a : [SELECT Id FROM Account]) { update a; } Database.executeBatch(new B()); } }",
        ),
        (
            "Later.cls",
            "public class Later implements Schedulable { public void execute(SchedulableContext c) { Far.off(); } }",
        ),
        ("Far.cls", "public class Far { public static void off() { Fut.go(); delete [SELECT Id FROM Case]; } }"),
        ("Fut.cls", "public class Fut { @future public static void go() { } }"),
        (
            "Looping.cls",
            "public class Looping implements Schedulable { public void execute(SchedulableContext c) { \
             for (Integer i = 0; i < 9; i++) { insert new Account(); } } }",
        ),
    ];
    let found = rows(&files, "ApexEntryPoint", "Name IsHeavy Delegates Dml UnboundedQuery WorkLoop Depth");
    assert_eq!(
        found,
        [
            "Handing | false | Database.executeBatch(new B()) | update | [SELECT Id FROM Account] | for | 0",
            "Heavy | true | null | update | [SELECT Id FROM Account] | null | 2",
            "Later | false | Fut.go() | delete | [SELECT Id FROM Case] | null | 1",
            "Light | false | null | update | null | null | 0",
            "Looping | true | null | insert | null | for | 0",
        ]
    );
}

#[test]
fn tokens_that_jobs_keep_are_reported() {
    let batch = |name: &str, extra: &str, start: &str, execute: &str| {
        (
            format!("{name}.cls"),
            format!(
                "public class {name} implements Database.Batchable<SObject>{extra}, Database.AllowsCallouts {{\n  String tok;\n  \
                 public Database.QueryLocator start(Database.BatchableContext c) {{ {start} return null; }}\n  \
                 public void execute(Database.BatchableContext c, List<SObject> s) {{ {execute} HttpRequest r = new HttpRequest(); \
                 r.setHeader('Authorization', 'Bearer ' + tok); new Http().send(r); }}\n  \
                 public void finish(Database.BatchableContext c) {{ }}\n}}"
            ),
        )
    };
    let set = "tok = Auth.login();";
    let owned = [
        batch("Kept", ", Database.Stateful", set, ""),
        batch("Forgotten", "", set, ""),
        batch("Renewed", ", Database.Stateful", set, "tok = Auth.login();"),
        batch("Csrf", ", Database.Stateful", "tok = fetch('csrf-token');", ""),
        (
            "Made.cls".to_owned(),
            "public class Made implements Database.Batchable<SObject> {\n  String sid = UserInfo.getSessionId(); static String token = Auth.login();\n  \
             public void execute(Database.BatchableContext c, List<SObject> s) { call(this.sid, token); } void call(String a, String b) { } }"
                .to_owned(),
        ),
        (
            "Chain.cls".to_owned(),
            "public class Chain implements Queueable {\n  private String accessToken;\n  public Chain(String accessToken) { this.accessToken = accessToken; }\n  \
             public void execute(QueueableContext c) { use(accessToken); System.enqueueJob(new Chain(accessToken)); } void use(String t) { } }"
                .to_owned(),
        ),
        (
            "Once.cls".to_owned(),
            "public class Once implements Queueable {\n  private String accessToken;\n  public Once(String accessToken) { this.accessToken = accessToken; }\n  \
             public void execute(QueueableContext c) { use(accessToken); } void use(String t) { } }"
                .to_owned(),
        ),
    ];
    let files: Vec<(&str, &str)> = owned.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let found =
        rows(&files, "ApexKeptToken", "Name Field AssignedIn UsedIn Source ClassKind IsStateful IsInHeader Confidence");
    assert_eq!(
        found,
        [
            "Chain | accessToken | constructor | execute | parameter | queueable | false | false | medium",
            "Kept | tok | start | execute | token-call | batch | true | true | high",
            "Made | sid | initializer | execute | getSessionId | batch | false | false | high",
        ]
    );
}

#[test]
fn handmade_oauth_is_reported_with_what_it_knows_of_lifetime() {
    let files = [
        (
            "Careless.cls",
            "public class Careless { String token;\n  String get() { HttpRequest r = new HttpRequest(); r.setEndpoint('https://idp.example.com/oauth2/token?secret=1');\n  \
             r.setBody('grant_type=client_credentials&client_secret=hidden'); HttpResponse h = new Http().send(r);\n  \
             if (h.getStatusCode() == 401) { return get(); }\n  Map<String, Object> m = (Map<String, Object>) JSON.deserializeUntyped(h.getBody());\n  \
             token = (String) m.get('access_token'); return token; } }",
        ),
        (
            "Careful.cls",
            "public class Careful { String get() { HttpRequest r = new HttpRequest(); Map<String, String> p = new Map<String, String>{ 'grant_type' => 'refresh_token' };\n  \
             r.setEndpoint('https://acme.my.salesforce.com/services/oauth2/token'); HttpResponse h = new Http().send(r); \n  \
             Object o = JSON.deserializeUntyped(h.getBody()); String left = ((Map<String, Object>) o).get('issued_at') + ''; return ((Map<String, Object>) o).get('access_token') + left; } }",
        ),
        (
            "Device.cls",
            "public class Device { void f() { HttpRequest r = new HttpRequest(); r.setEndpoint('https://a.example.com/device/token'); new Http().send(r); } }",
        ),
        (
            "Key.cls",
            "public class Key { void f(HttpResponse h) { if (h.getStatusCode() == 401) { } new Http().send(new HttpRequest()); } }",
        ),
    ];
    let found = rows(
        &files,
        "ApexToken",
        "Name Request GrantType Host ReadsToken ReadsExpiry ReactsTo401 StoredIn IsToSalesforce",
    );
    assert_eq!(
        found,
        [
            "Careful | grant_type=refresh_token | refresh_token | acme.my.salesforce.com | access_token | issued_at | null | null | true",
            "Careless | grant_type=client_credentials | client_credentials | idp.example.com | access_token | null | 401 | token | false",
        ]
    );
}

#[test]
fn literals_that_matter_are_reported_without_secrets() {
    let files = [
        (
            "P.cls",
            "public class P { String b = 'grant_type=password&client_id=x&username=u&password=p'; Map<String, String> m = new Map<String, String>{ 'grant_type' => 'password' };\n  void f(Map<String, String> q) { q.put('grant_type', 'password'); String s = 'grant_type=' + 'password'; String t = 'grant_type=passwordless'; } }",
        ),
        (
            "E.cls",
            "public class E { // https://acme.my.salesforce.com\n  String u = 'https://acme--uat.sandbox.my.salesforce.com/services/apexrest/x?token=1'; String h = '<a href=\"https://na12.salesforce.com/x\">x</a>'; String w = 'https://help.salesforce.com/x'; String n = URL.getOrgDomainUrl().toExternalForm(); }",
        ),
        (
            "N.cls",
            "public class N { void f() { HttpRequest r = new HttpRequest(); r.setEndpoint('callout:sfa/services/Soap/u/60.0'); r.setBody('<SessionHeader><sessionId>{!$Credential.OAuthToken}</sessionId></SessionHeader>'); } }",
        ),
        (
            "L.cls",
            "public class L { void f() { String e = 'https://login.salesforce.com/services/Soap/u/60.0'; String b = '<urn:login><urn:username>'; } }",
        ),
        ("L2.cls", "public class L2 { void f() { String e = '/services/Soap/m/60.0'; Site.login('a', 'b', 'c'); } }"),
    ];
    let found = rows(&files, "ApexLiteral", "Name Kind Text HostKind HasService IsLink CalloutName DaysLeft");
    assert_eq!(
        found,
        [
            "E | org-host | https://acme--uat.sandbox.my.salesforce.com/services/apexrest/x | sandbox | true | false | null | null",
            "E | org-host | https://na12.salesforce.com/x | instance | false | true | null | null",
            "L | org-host | https://login.salesforce.com/services/Soap/u/60.0 | login | true | false | null | null",
            "L | soap-login | https://login.salesforce.com/services/Soap/u/60.0 | login | true | false | null | null",
            "N | credential-on-soap | sfa | null | false | false | sfa | null",
            "N | credential-on-soap | {!$Credential.OAuthToken} | null | false | false | null | null",
            "P | password-grant | grant_type=password | null | false | false | null | 81",
            "P | password-grant | grant_type=password | null | false | false | null | 81",
            "P | password-grant | grant_type=password | null | false | false | null | 81",
            "P | password-grant | grant_type=password | null | false | false | null | 81",
        ]
    );
    let hosts = rows(&files, "HostUse", "Type Name Use HostKind Service IsSoapLogin");
    assert_eq!(
        hosts,
        ["ApexClass | E | api | salesforce | other | false", "ApexClass | L | api | login | soap | true"]
    );
    let files = [
        (
            "O.cls",
            "public class O { void f() { String e = 'https://acme.my.salesforce.com/services/Soap/u/60.0'; String b = '<urn:login><urn:username>'; } }",
        ),
        ("M.cls", "public class M { String e = 'https://acme.my.salesforce.com/services/Soap/u/60.0'; }"),
    ];
    let hosts = rows(&files, "HostUse", "Name HostKind Service IsSoapLogin");
    assert_eq!(hosts, ["M | salesforce | soap | false", "O | salesforce | soap | true"]);
}

#[test]
fn secrets_in_debug_logs_are_reported() {
    let files = [(
        "D.cls",
        "public class D {\n  void f(String accessToken, Boolean isPassword, AppConfig__c cfg) {\n    System.debug('token ' + accessToken);\n    \
         System.debug(LoggingLevel.ERROR, UserInfo.getSessionId());\n    Logger.info(cfg.Api_Password__c);\n    \
         System.debug('accessToken');\n    System.debug(accessToken != null);\n    System.debug(isPassword);\n    \
         String sAccessToken = response.getHeader('x-csrf-token');\n    System.debug(sAccessToken);\n    \
         System.debug(String.isBlank(accessToken));\n    Id sessionId = record.Id;\n    System.debug(sessionId);\n    String sid = UserInfo.getSessionId();\n    System.debug('with ' + sid);\n    System.debug(record.sid);\n    System.debug(sid == null);\n    other.debug(accessToken.length());\n  }\n}",
    )];
    let found = rows(&files, "ApexDebug", "Secret SecretKind Log Confidence");
    assert_eq!(
        found,
        [
            "accessToken | token | System.debug | high",
            "UserInfo.getSessionId() | session | System.debug | high",
            "Api_Password__c | password | Logger.info | high",
            "sAccessToken | token | System.debug | low",
            "sid | session | System.debug | high",
        ]
    );
}

fn named(name: &str) -> (String, String) {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NamedCredential xmlns=\"http://soap.sforce.com/2006/04/metadata\">\
         <label>{name}</label><endpoint>https://example.com</endpoint></NamedCredential>\n"
    );
    (format!("namedCredentials/{name}.namedCredential-meta.xml"), text)
}

#[test]
fn named_credentials_know_who_calls_with_them() {
    let (path, text) = named("Erp");
    let files = [
        SENDER,
        (path.as_str(), text.as_str()),
        (
            "C.cls",
            "public class C { static final String URL = 'callout:ERP'; @AuraEnabled public static void f() { HttpRequest r = new HttpRequest(); r.setEndpoint(URL + '/x'); new Http().send(r); } String s = 'callout:Gone/x'; String m = 'callout:pkg__Theirs'; }",
        ),
    ];
    let found = rows(&files, "ApexCredentialUse", "Method Credential IsResolved IsTypeInProject IsAsync EntryKind");
    assert_eq!(
        found,
        [
            "C.URL | ERP | true | true | false | aura",
            "C.s | Gone | false | true | false | null",
            "C.m | pkg__Theirs | null | true | false | null",
            "Sender.post | Erp | true | true | true | future",
        ]
    );
    assert_eq!(rows(&files, "Credential", "FullName UsedByApex UsedInAsync"), ["Erp | C.URL | Sender.post"]);
}

#[test]
fn sessions_that_code_ends_are_reported() {
    let files = [
        (
            "R.cls",
            "public class R { void f(List<AuthSession> all, Account a) { delete all; delete a; Database.delete([SELECT Id FROM AuthSession]); Auth.OauthToken.revokeToken('a', 'b'); } }",
        ),
        ("L.trigger", "trigger L on LogoutEventStream (after insert) { }"),
    ];
    let found = rows(&files, "ApexRevocation", "Name Kind Statement");
    assert_eq!(
        found,
        [
            "R | auth-session-delete | delete all",
            "R | auth-session-delete | Database.delete([SELECT Id FROM AuthSession])",
            "R | revoke-token | Auth.OauthToken.revokeToken('a', 'b')",
            "L | logout-event-trigger | LogoutEventStream",
        ]
    );
}

#[test]
fn session_ids_in_visualforce_are_reported_where_it_is_a_project_s_own() {
    let app = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ConnectedApp xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>ERP</label>\
               <oauthConfig><isNamedUserJwtEnabled>true</isNamedUserJwtEnabled></oauthConfig></ConnectedApp>\n";
    let files = [
        ("P.page", "<apex:page><script>var s = '{!$Api.Session_ID}';</script></apex:page>"),
        ("C.component", "<apex:component><a href=\"{!GETSESSIONID()}\"/></apex:component>"),
        ("staticresources/Bundle/S.page", "{!$Api.Session_ID}"),
        ("lwc/x/S.page", "{!$Api.Session_ID}"),
        ("connectedApps/ERP.connectedApp-meta.xml", app),
    ];
    let found = rows(&files, "ApexSessionUse", "Name Type Source Sink IssuesJwtTokens");
    assert_eq!(found, ["C | ApexComponent | GETSESSIONID | page | ERP", "P | ApexPage | $Api.Session_ID | page | ERP"]);
}

#[test]
fn a_future_method_that_takes_a_session_id_is_reported_with_its_callers() {
    let files = [
        (
            "Job.cls",
            "public class Job { @future public static void a(String sessionId) { } @future public static void b(String accessToken) { } @future public static void c(String deviceToken, Id sessionId) { } }",
        ),
        (
            "C.cls",
            "public class C { void f(String accessToken) { Job.a(UserInfo.getSessionId()); Job.b(accessToken); } }",
        ),
    ];
    let found = rows(&files, "ApexSessionUse", "Method Source Sink Confidence HasCallSite");
    assert_eq!(
        found,
        [
            "C.f | getSessionId | async-argument | high | false",
            "C.f | token | async-argument | medium | false",
            "Job.a | parameter | async-parameter | medium | true",
            "Job.b | parameter | async-parameter | medium | true",
        ]
    );
}

#[test]
fn what_a_statement_holds_of_secrets_is_masked() {
    let files = [(
        "R.cls",
        "public class R { void f() { Auth.OauthToken.revokeToken('https://x.example.com?a=b', '00Dx!abcdefghijklmnopq'); \
         String password = 'hunter2'; } }",
    )];
    let project = project(&files);
    let loaded = read(&project, CodeReading::Relevant);
    let (_, source) = loaded.project.sources.iter().next().unwrap();
    let whole = sessionlint::source::Span::new(0, source.text_len as usize);
    assert!(!source.masked(whole).contains("hunter2"), "{}", source.masked(whole));
}

/// A page of a user's own: every session id.
const PAGE: &str = "# Session id in code\n\nCode reads a session id.\n\n```toml rule\nseverity = { continuity = \"warning\" }\n\
                    confidence = \"Confidence\"\nfrom = \"ApexSessionUse\"\nspan = \"SessionId\"\nrelated = [{ span = \"Method\", text = \"in {Method}\" }]\n\
                    message = \"{Name} reads a session id\"\nhelp = \"Do not\"\nsetup = \"\"\nsymptoms = []\nreferences = [\"Apex Reference\"]\n```\n\n\
                    ## Why it matters\n\nx\n\n## Trade-off\n\nx\n\n## Flagged\n\n## Accepted\n";

fn checked(class: &str, more: &[&str]) -> support::Ran {
    let project = project(&[("A.cls", class)]);
    project.put("own/apex/session-read.md", PAGE);
    let rules = project.at("own").display().to_string();
    let mut arguments = vec!["--rules", &rules, "--select", "apex/session-read"];
    arguments.extend(more);
    project.check(&arguments)
}

#[test]
fn a_finding_in_a_class_names_it_and_its_line() {
    let ran = checked("public class A {\n  void f() {\n    UserInfo.getSessionId();\n  }\n}\n", &[]);
    let finding = &ran.findings()[0];
    assert_eq!(finding["component"]["type"], "ApexClass");
    assert_eq!(finding["component"]["name"], "A");
    assert_eq!(finding["start"]["line"], 3);
    assert_eq!(finding["related"][0]["text"], "in A.f");
    assert_eq!(ran.json()["project"]["files"], 0, "code is other metadata");
    assert_eq!(ran.code, 1);
}

#[test]
fn comments_and_annotations_allow_findings_and_stale_ones_are_reported() {
    let class = |before: &str, inside: &str, behind: &str| {
        format!(
            "public class A {{\n  {before}\n  void f() {{\n    {inside}\n    String s = UserInfo.getSessionId();{behind}\n  }}\n}}\n"
        )
    };
    let allow = "// sessionlint: allow apex/session-read: known";
    for (before, inside, behind) in [
        ("", allow, ""),
        ("", "", " // sessionlint: allow apex/session-read: known"),
        ("", "/* sessionlint: allow apex/session-read: known */", ""),
        ("@SuppressWarnings('PMD.Other, sessionlint.apex.session-read')", "", ""),
    ] {
        let ran = checked(&class(before, inside, behind), &[]);
        assert_eq!(
            (ran.code, ran.json()["summary"]["suppressed"].as_i64()),
            (0, Some(1)),
            "{before}{inside}{behind}: {ran:?}"
        );
        assert_eq!(ran.err, "", "nothing is stale");
    }
    for (before, inside, reported) in [
        (allow, "", "A.cls:2: the comment that allows apex/session-read allows nothing; remove it"),
        ("@SuppressWarnings('sessionlint.apex.session-red')", "", "did you mean `apex/session-read`?"),
        ("", "// sessionlint: allow apex/session-read", "gives no reason"),
    ] {
        let ran = checked(&class(before, inside, ""), &[]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.err.contains(reported), "{}", ran.err);
    }
    let other = "public class B { @SuppressWarnings('sessionlint.apex.session-read') void f() { } }";
    assert!(checked(other, &[]).err.contains("the annotation that allows apex/session-read allows nothing"));
}

#[test]
fn all_of_it_can_be_read_and_a_staged_class_is_looked_at() {
    let class = "public class A {\n  void f() {\n    UserInfo.getSessionId();\n  }\n}\n";
    assert_eq!(checked(class, &["--no-apex-prefilter"]).findings().len(), 1);
    let project = project(&[("A.cls", class), ("B.cls", &class.replace("class A", "class B"))]);
    project.put("own/apex/session-read.md", PAGE);
    let rules = project.at("own").display().to_string();
    let staged = project.at("force-app/main/default/classes/B.cls").display().to_string();
    let ran = project.check(&["--rules", &rules, "--select", "apex/session-read", &staged]);
    assert_eq!(ran.findings().len(), 1, "{ran:?}");
    assert_eq!(ran.findings()[0]["component"]["name"], "B");
}

#[test]
fn hidden_and_unasked_apex_is_not_read() {
    let project = project(&[("A.cls", "public class A { void f() { UserInfo.getSessionId(); } }")]);
    assert_eq!(read(&project, CodeReading::Nothing).project.units.len(), 0);
    project.put(".forceignore", "**/classes\n");
    assert_eq!(read(&project, CodeReading::Relevant).project.units.len(), 0);
}

#[test]
fn a_diagnosis_of_jobs_says_what_apex_shows() {
    let sane = (
        "Q.cls",
        "public class Q implements Queueable, Database.AllowsCallouts { public void execute(QueueableContext c) { Sender.post('x'); } }",
    );
    let ran = |files: &[(&str, &str)]| {
        let project = project(files);
        project
            .put("force-app/main/default/settings/Security.settings-meta.xml", "<SecuritySettings></SecuritySettings>");
        let out = project.run(&["diagnose", "--symptom", "scheduled-apex-second-hour"]).out;
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let out = ran(&[SENDER, sane]);
    assert!(out.contains("through named credentials only"), "{out}");
    assert!(!out.contains("no Apex of the project was read"), "{out}");
    let out = ran(&[("N.cls", "public class N { }")]);
    assert!(out.contains("calls out or holds a session"), "{out}");
    let out = ran(&[]);
    assert!(out.contains("no Apex of the project was read"), "{out}");
}

#[test]
fn a_session_id_in_a_record_is_reported() {
    let files = [(
        "C.cls",
        "public class C { void f(Config__c c) { c.Key__c = UserInfo.getSessionId(); \
         insert new Config__c(Key__c = UserInfo.getSessionId(), Name = 'x'); this.x = UserInfo.getSessionId(); } String x; }",
    )];
    assert_eq!(
        rows(&files, "ApexSessionUse", "Method Sink"),
        ["C.f | record-field", "C.f | record-field", "C.f | none"]
    );
}

#[test]
fn of_two_classes_of_one_name_the_first_is_meant() {
    let project = project(&[
        ("A.cls", "public class A { @AuraEnabled public static void go() { Twin.call(); } }"),
        ("Twin.cls", "public class Twin { public static void call() { } }"),
    ]);
    project.put(
        "force-app/zzz/classes/Twin.cls",
        "public class Twin { public static void call() { new Http().send(new HttpRequest()); } }",
    );
    for code in [CodeReading::Relevant, CodeReading::Everything] {
        let found = cells(&read(&project, code), "ApexCalloutPath", "Method");
        assert_eq!(found, [] as [&str; 0], "{code:?}");
    }
}

#[test]
fn each_of_two_classes_of_one_name_has_its_inner_classes() {
    let project = project(&[
        (
            "A.cls",
            "public class A { @AuraEnabled public static void go(List<String> all) { \
             for (String one : all) { Twin.call(); Twin.In.save(); } } }",
        ),
        ("Twin.cls", "public class Twin { public static void call() { new Http().send(new HttpRequest()); } }"),
    ]);
    project.put(
        "force-app/zzz/classes/Twin.cls",
        "public class Twin { public class In { public static void save() { insert new Account(); } } }",
    );
    for code in [CodeReading::Relevant, CodeReading::Everything] {
        assert_eq!(cells(&read(&project, code), "ApexCalloutPath", "LoopDml"), ["Twin.In.save"], "{code:?}");
    }
}

#[test]
fn classes_that_decide_about_a_path_beside_it_are_read() {
    let files = [
        (
            "Ctrl.cls",
            "public class Ctrl { @AuraEnabled public static void go(List<String> names) { \
             for (String name : names) { Sender.one(name); Store.save(name); } Sender.all(Store.few()); } }",
        ),
        (
            "Sender.cls",
            "public class Sender { public static void one(String name) { HttpRequest r = new HttpRequest(); \
             Timing.prepare(r); new Http().send(r); } \
             public static void all(List<String> names) { for (String name : names) { \
             HttpRequest r = new HttpRequest(); r.setTimeout(1000); new Http().send(r); } } }",
        ),
        (
            "Store.cls",
            "public class Store extends Base { public static List<String> few() { return new List<String>{ 'a' }; } }",
        ),
        (
            "Base.cls",
            "public virtual class Base { public static void save(String name) { insert new Account(Name = name); } }",
        ),
        ("Timing.cls", "public class Timing { public static void prepare(HttpRequest r) { r.setTimeout(5000); } }"),
    ];
    assert_eq!(
        rows(&files, "ApexCalloutPath", "Chain Loop LoopDml TimeoutMs"),
        ["Ctrl.go -> Sender.one | for | Base.save | 5000", "Ctrl.go -> Sender.all | null | null | 1000"]
    );
}

#[test]
fn a_timeout_after_the_callout_is_not_its_own() {
    let files = [
        (
            "Ctrl.cls",
            "public class Ctrl { @AuraEnabled public static void go() { HttpRequest one = Build.request(); \
             new Http().send(one); HttpRequest two = new HttpRequest(); two.setTimeout(3000); new Http().send(two); } }",
        ),
        (
            "Build.cls",
            "public class Build { public static HttpRequest request() { HttpRequest r = new HttpRequest(); \
             r.setTimeout(90000); return r; } }",
        ),
    ];
    assert_eq!(rows(&files, "ApexCallout", "TimeoutMs"), ["90000", "3000"]);
}

#[test]
fn an_id_is_followed_to_the_class_that_sends_it() {
    // Without other words, a class with the name of this header is read only if an id gets to it.
    let files = [
        ("A.cls", "public class A { void f() { B.pass(UserInfo.getSessionId()); } }"),
        ("B.cls", "/* Authorization */ public class B { public static void pass(String s) { C.pass(s); } }"),
        ("C.cls", "/* Authorization */ public class C { public static void pass(String s) { D.later(s); } }"),
        ("D.cls", "public class D { @future public static void later(String s) { r.setHeader('Authorization', s); } }"),
    ];
    assert_eq!(rows(&files, "ApexSessionUse", "Method Sink SentBy"), ["A.f | authorization-header | D.later"]);
}

#[test]
fn the_callers_of_a_class_that_sends_another_one_s_id_are_read() {
    let files = [
        ("Ids.cls", "public class Ids { public static String mine() { return UserInfo.getSessionId(); } }"),
        ("D.cls", "public class D { public static void d() { r.setHeader('Authorization', 'OAuth ' + Ids.mine()); } }"),
        ("C.cls", "public class C { public static void c() { D.d(); } }"),
        ("B.cls", "public class B { public static void b() { C.c(); } }"),
        ("A.cls", "public class A { @AuraEnabled public static void a() { B.b(); } }"),
    ];
    let found = rows(&files, "ApexSessionUse", "Sink Chain");
    assert!(found.contains(&"authorization-header | A.a -> B.b -> C.c -> D.d".to_owned()), "{found:?}");
}

#[test]
fn the_last_call_of_a_schedulable_may_be_another_transaction() {
    let files = [
        ("Job.cls", "public class Job implements Schedulable { public void execute(SchedulableContext c) { A.a(); } }"),
        ("A.cls", "public class A { public static void a() { B.b(); } }"),
        ("B.cls", "public class B { public static void b() { C.c(); } }"),
        ("C.cls", "public class C { public static void c() { D.d(); } }"),
        ("D.cls", "public class D { @future public static void d() { } }"),
    ];
    assert_eq!(rows(&files, "ApexEntryPoint", "Method Delegates"), ["Job.execute | D.d()"]);
}

#[test]
fn names_are_found_however_they_are_written() {
    for (superclass, call) in [
        ("/* {} */ Base", "Sub.call()"),
        ("\n// the\nBase", "Sub.call()"),
        ("System.Base", "Sub.call()"),
        ("Base", "Sub . /* ( */ CALL // (\n ()"),
        ("Base", "Sub.call\u{A0}()"),
        ("Base", "Sub.call\u{B}()"),
    ] {
        let superclass = superclass.replace("{}", "a");
        let sub = format!("public class Sub extends {superclass} {{ }}");
        let entry = format!("public class Ctrl {{ @AuraEnabled public static void go() {{ {call}; }} }}");
        let files = [
            ("Base.cls", "public virtual class Base { public static void call() { new Http().send(null); } }"),
            ("Sub.cls", sub.as_str()),
            ("Ctrl.cls", entry.as_str()),
        ];
        assert_eq!(rows(&files, "ApexCalloutPath", "Chain"), ["Ctrl.go -> Base.call"], "{superclass:?} {call:?}");
    }
}

#[test]
fn an_inner_class_hides_another_class_only_where_it_has_the_called_one() {
    let files = [
        ("Far.cls", "public class Far { public class In { public static void call() { new Http().send(null); } } }"),
        ("Mid.cls", "public class Mid { class Far { } public static void go() { Far.In.call(); } }"),
        ("Ctrl.cls", "public class Ctrl { @AuraEnabled public static void go() { Mid.go(); } }"),
    ];
    assert_eq!(rows(&files, "ApexCalloutPath", "Chain"), ["Ctrl.go -> Mid.go -> Far.In.call"]);
}

#[test]
fn inheritance_is_no_call_on_the_way() {
    let files = [
        ("Base.cls", "public virtual class Base { public void call() { new Http().send(new HttpRequest()); } }"),
        ("Mid.cls", "public virtual class Mid extends Base { }"),
        ("Leaf.cls", "public class Leaf extends Mid { }"),
        ("One.cls", "public class One { public static void a() { new Leaf().call(); } }"),
        ("Two.cls", "public class Two { public static void b() { One.a(); } }"),
        ("Ctrl.cls", "public class Ctrl { @AuraEnabled public static void go() { Two.b(); } }"),
    ];
    assert_eq!(rows(&files, "ApexCalloutPath", "Chain"), ["Ctrl.go -> Two.b -> One.a -> Base.call"]);
}

#[test]
fn principals_know_who_calls_with_their_credentials() {
    let external = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ExternalCredential xmlns=\"http://soap.sforce.com/2006/04/metadata\">\
                    <authenticationProtocol>Oauth</authenticationProtocol><externalCredentialParameters><parameterName>Main</parameterName>\
                    <parameterType>NamedPrincipal</parameterType></externalCredentialParameters><label>Erp_Auth</label></ExternalCredential>\n";
    let named = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<NamedCredential xmlns=\"http://soap.sforce.com/2006/04/metadata\">\
                 <label>Erp</label><namedCredentialParameters><externalCredential>Erp_Auth</externalCredential><parameterName>E</parameterName>\
                 <parameterType>Authentication</parameterType></namedCredentialParameters></NamedCredential>\n";
    let files = [
        SENDER,
        ("externalCredentials/Erp_Auth.externalCredential-meta.xml", external),
        ("namedCredentials/Erp.namedCredential-meta.xml", named),
    ];
    assert_eq!(rows(&files, "Principal", "Name UsedByApex UsedInAsync"), ["Main | Sender.post | Sender.post"]);
}

#[test]
fn code_in_very_deep_classes_is_found_under_the_last_class_that_is_kept() {
    for depth in [1, 16, 17, 60] {
        let open = format!("public class Deep {{\n{}", "public class Inner {\n".repeat(depth - 1));
        let close = "}\n".repeat(depth);
        let text = format!("{open}void go(String password) {{\n    System.debug('set ' + password);\n}}\n{close}");
        let project = project(&[("Deep.cls", &text)]);
        let found = project.check(&["--select", "apex/secret-in-debug"]).findings();
        assert_eq!(found.len(), 1, "{depth} classes");
        assert_eq!(found[0]["start"]["line"], depth + 2, "{depth} classes");
    }
}

/// Whether `apex/token-kept-across-chunks` reports a batch that starts with these statements.
fn keeps_token(statements: &str) -> bool {
    let code = format!(
        "public class LedgerExport implements Database.Batchable<SObject>, Database.Stateful, Database.AllowsCallouts {{\n\
         private String accessToken;\n\
         public Database.QueryLocator start(Database.BatchableContext context) {{ {statements}\n\
         return Database.getQueryLocator('SELECT Id FROM Invoice__c'); }}\n\
         public void execute(Database.BatchableContext context, List<Invoice__c> invoices) {{\n\
         HttpRequest request = new HttpRequest(); request.setEndpoint('https://ledger.example.com/entries');\n\
         request.setHeader('Authorization', 'Bearer ' + accessToken); new Http().send(request); }}\n\
         public void finish(Database.BatchableContext context) {{ }}\n}}\n"
    );
    let ran = project(&[("LedgerExport.cls", &code)]).run(&["check", "--format", "concise"]);
    ran.out.contains("apex/token-kept-across-chunks")
}

#[test]
fn a_job_keeps_a_token_unless_it_is_surely_removed() {
    let open = "LedgerClient.open(accessToken);";
    let fails = "catch (CalloutException failure) { System.debug(failure.getMessage()); }";
    let set = "accessToken = LedgerAuth.login();";
    assert!(keeps_token(set));
    for removed in [
        format!("{set} try {{ {open} }} {fails} finally {{ accessToken = null; }}"),
        format!("{set} try {{ {open} accessToken = null; }} finally {{ LedgerClient.close(); }}"),
        format!("{set} try {{ {open} }} finally {{ {{ accessToken = null; }} }}"),
    ] {
        assert!(!keeps_token(&removed), "{removed}");
    }
    for kept in [
        format!("{set} try {{ {open} accessToken = null; }} {fails}"),
        format!("{set} try {{ {open} }} catch (CalloutException failure) {{ accessToken = null; }}"),
        format!("{set} try {{ try {{ {open} }} finally {{ accessToken = null; }} }} {fails}"),
    ] {
        assert!(keeps_token(&kept), "{kept}");
    }
}

#[test]
fn a_token_reaches_a_field_of_a_job_through_local_variables() {
    assert!(keeps_token("String fresh = LedgerAuth.login(); accessToken = fresh;"));
    assert!(keeps_token("String fresh = LedgerAuth.login(); String other = fresh; accessToken = other;"));
    assert!(!keeps_token("String fresh = 'none'; accessToken = fresh;"));
}

/// The URLs of the token requests of a class with these statements.
fn token_requests(statements: &str) -> Vec<String> {
    let code = format!(
        "public class CanalMap {{\n public static String getToken(String url) {{ return url; }}\n\
         public static HttpResponse draw(CanalClaims claims) {{\n HttpRequest request = new HttpRequest();\n\
         {statements}\n return new Http().send(request); }}\n}}\n"
    );
    rows(&[("CanalMap.cls", &code)], "ApexToken", "Request")
}

#[test]
fn a_class_that_gives_the_token_endpoint_to_another_one_requests_no_token() {
    let given = "CanalSignIn.getAccessToken('https://given.example.com/oauth2/token', claims);";
    for other in [
        given,
        "claims.aud = 'https://given.example.com/oauth2/token';",
        "claims.setAud('https://given.example.com/oauth2/token');",
    ] {
        assert!(token_requests(other).is_empty(), "{other}");
    }
    let url = "https://canal.example.com/oauth2/token";
    for own in [
        "getToken('https://canal.example.com/oauth2/token');",
        "CanalMap.getToken('https://canal.example.com/oauth2/token');",
        "claims.url = 'https://canal.example.com/oauth2/token';",
        "CanalSignIn.draw('https://canal.example.com/oauth2/token');",
        "request.setEndpoint('https://canal.example.com/oauth2/token');",
    ] {
        assert_eq!(token_requests(own), [url], "{own}");
        assert_eq!(token_requests(&format!("{given}\n{own}")), [url], "its own one first: {own}");
    }
    for keeps in [
        "if (new Http().send(request).getStatusCode() == 401) { return null; }",
        "Object token = claims.fields.get('access_token');",
        "Cache.Org.put('canal', claims.fields.get('access_token'));",
    ] {
        let found = token_requests(&format!("{given}\n{keeps}"));
        assert_eq!(found, ["https://given.example.com/oauth2/token"], "{keeps}");
    }
}

#[test]
fn a_secret_is_logged_by_calls_that_convert_it_and_by_no_others() {
    let logs = |argument: &str| {
        let code = format!(
            "public class CanalLog {{\n public static void show(String clientSecret) {{\n\
             System.debug({argument});\n }}\n}}\n"
        );
        let ran = project(&[("CanalLog.cls", &code)]).run(&["check", "--format", "concise"]);
        ran.out.contains("apex/secret-in-debug")
    };
    for shown in [
        "EncodingUtil.convertToHex(Blob.valueOf(clientSecret))",
        "EncodingUtil.urlDecode(clientSecret, 'UTF-8')",
        "new List<String>{ clientSecret }",
    ] {
        assert!(logs(shown), "{shown}");
    }
    for hidden in [
        "EncodingUtil.convertToHex(Crypto.generateDigest('SHA-256', Blob.valueOf(clientSecret)))",
        "CanalBerths.count('all', clientSecret)",
        "CanalBerths.count((clientSecret))",
    ] {
        assert!(!logs(hidden), "{hidden}");
    }
}
