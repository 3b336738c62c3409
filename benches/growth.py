#!/usr/bin/env python3
"""How processor time grows with each kind of input: makes projects of n, 2n and 4n of it, checks each, and prints the
times, the memory and the exponent from n to 4n. Four times the input should cost at most six times the time.

    benches/growth.py [--program PATH] [--times FACTOR] [KIND ...]
"""
import argparse, math, os, random, shutil, subprocess, sys, tempfile

R = lambda p: (os.makedirs(os.path.dirname(p),exist_ok=True),p)[1]
def w(d,p,t): open(R(f'{d}/{p}'),'w').write(t)
F='force-app/main/default/'
def base(d):
    shutil.rmtree(d,ignore_errors=True)
    w(d,'sfdx-project.json','{"packageDirectories":[{"path":"force-app","default":true}],"sourceApiVersion":"62.0"}')
NS='xmlns="http://soap.sforce.com/2006/04/metadata"'
def app(i,extra='',t=15):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ConnectedApp {NS}>\n    <contactEmail>a@example.com</contactEmail>\n    <label>A{i}</label>\n    <oauthConfig>\n        <callbackUrl>http://example.com/{i}</callbackUrl>\n        <scopes>Full</scopes>\n    <scopes>RefreshToken</scopes>\n    </oauthConfig>\n    <oauthPolicy>\n        <ipRelaxation>ENFORCE</ipRelaxation>\n        <refreshTokenPolicy>infinite</refreshTokenPolicy>\n    </oauthPolicy>\n    <sessionPolicy><sessionTimeout>{t}</sessionTimeout></sessionPolicy>\n{extra}</ConnectedApp>\n'
def soup(d,n):
    random.seed(1); T=['class','A','{','}','(',')',';','if','for','=','+','[',']','SELECT','FROM','@','?',':','new','<','>',"'x'",'1',',','.','return','try','catch','void','String','&&','!']
    w(d,F+'classes/A.cls','// UserInfo.getSessionId() \n'+' '.join(random.choice(T) for _ in range(n)))
def callouts(d,n):
    w(d,F+'classes/A.cls','public class A { @AuraEnabled public static void f() { HttpRequest r = new HttpRequest();\n'+'r.setEndpoint(\'callout:X/a\'); r.setTimeout(1000); new Http().send(r);\n'*n+'} }')
def callouts2(d,n):
    w(d,F+'classes/A.cls','public class A { @AuraEnabled public static void f() { HttpRequest r = new HttpRequest();\n'+'new Http().send(r);\n'*n+'} }')
def callmethods(d,n):
    w(d,F+'classes/A.cls','public class A { @AuraEnabled public static void f() { \n'+''.join(f'm{i}();\n' for i in range(n))+'}\n'+''.join(f'static void m{i}() {{ new Http().send(new HttpRequest()); }}\n' for i in range(n))+' }')
def hub(d,n):
    w(d,F+'classes/A.cls','public class A {\n'+''.join(f'@AuraEnabled public static void a{i}() {{ hub(); }}\n' for i in range(n))+'static void hub() {\n'+''.join(f'b{i}();\n' for i in range(n))+'}\n'+''.join(f'static void b{i}() {{ new Http().send(new HttpRequest()); }}\n' for i in range(n))+'}')
def ownself(d,n):
    w(d,F+'classes/A.cls','public class A { @AuraEnabled public static void f(String s) {\n'+'f(s);\n'*n+'new Http().send(new HttpRequest()); } }')
def jobs(d,n):
    w(d,F+'classes/A.cls','public class A {\n'+''.join(f'class J{i} implements Queueable {{ String s; J{i}(String s) {{ this.s = s; }} public void execute(QueueableContext c) {{ new Http().send(new HttpRequest()); System.enqueueJob(new J{i}(s)); }} }}\n' for i in range(n))+'}')
def jobfields(d,n):
    w(d,F+'classes/A.cls','public class A implements Queueable {\n'+''.join(f'String f{i};\n' for i in range(n))+'A() {\n'+''.join(f'f{i} = UserInfo.getSessionId();\n' for i in range(n))+'}\npublic void execute(QueueableContext c) { HttpRequest r = new HttpRequest();\n'+''.join(f"r.setHeader('A', f{i});\n" for i in range(n))+'new Http().send(r); System.enqueueJob(this); } }')
def jobuses(d,n):
    w(d,F+'classes/A.cls','public class A implements Queueable { String token; A(String token) { this.token = token; } public void execute(QueueableContext c) { String s = '+'+'.join(['token']*n)+'; System.enqueueJob(this); } }')
def logins(d,n):
    w(d,F+'classes/A.cls',"public class A { void f(String n) { UserInfo.getSessionId(); start()"+".login('a', n)"*n+'; } }')
def tokens(d,n):
    w(d,F+'classes/A.cls',"public class A { String s = '"+'&access_token=Kd93Ldk2Zx81Qw'*n+"'; }")
def overloads(d,n):
    w(d,F+'classes/A.cls','public class A {\n'+''.join(f'public static void f(T{i} a) {{ String s = UserInfo.getSessionId(); f(s); }}\n' for i in range(n))+'}')
def nested(d,n):
    w(d,F+'classes/A.cls','// UserInfo.getSessionId()\n'+''.join(f'public class A{i} {{ ' for i in range(n))+'}'*n)
def apps(d,n):
    for i in range(n): w(d,F+f'connectedApps/A{i}.connectedApp-meta.xml',app(i))
def ignores(d,n):
    apps(d,n)
    w(d,'sessionlint.toml',''.join(f'[[ignore]]\nrule = "oauth"\ncomponent = "ConnectedApp:A{i}"\nreason = "x"\n' for i in range(n)))
def ignorepaths(d,n):
    apps(d,n)
    w(d,'sessionlint.toml',''.join(f'[[ignore]]\nrule = "oauth"\npath = "**/A{i}.connectedApp-meta.xml"\nreason = "x"\n' for i in range(n)))
def comments(d,n):
    w(d,F+'connectedApps/A.connectedApp-meta.xml',app(0,'    <ipRanges><!-- sessionlint: allow oauth: x -->\n<start>0.0.0.0</start><end>255.255.255.255</end></ipRanges>\n'*n))
def xmlcomm(d,n):
    w(d,F+'connectedApps/A.connectedApp-meta.xml',app(0,'    <!-- sessionlint: allow oauth: x -->\n'*n))
def apexcomm(d,n):
    w(d,F+'classes/A.cls','public class A { void f(String accessToken) {\n'+'System.debug(accessToken); // sessionlint: allow apex: x\n'*n+'} }')
def appranges(d,n):
    # So many apps whatever n is: their ranges grow.
    for i in range(20): w(d,F+f'connectedApps/A{i}.connectedApp-meta.xml',app(i,''.join(f'    <ipRanges><start>10.{j//250}.{j%250}.0</start><end>10.{j//250}.{j%250}.9</end></ipRanges>\n' for j in range(n))))
def appprof(d,n):
    for i in range(n):
        w(d,F+f'connectedApps/A{i}.connectedApp-meta.xml',app(i,f'<permissionSetName>X</permissionSetName>\n'+''.join(f'    <profileName>P{j}</profileName>\n' for j in (range(3)))))
        w(d,F+f'profiles/P{i}.profile-meta.xml',f'<Profile {NS}>\n'+''.join(f'<loginIpRanges><startAddress>11.{i%250}.{j}.0</startAddress><endAddress>11.{i%250}.{j}.9</endAddress></loginIpRanges>\n' for j in range(20))+'<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions></Profile>')
def oneprof(d,n):
    w(d,F+'profiles/P.profile-meta.xml',f'<Profile {NS}>\n'+''.join(f'<loginIpRanges><startAddress>11.{j//62500}.{j//250%250}.{j%250}</startAddress><endAddress>11.{j//62500}.{j//250%250}.{j%250}</endAddress></loginIpRanges>\n' for j in range(n))+'</Profile>')
def trusted(d,n):
    w(d,F+'settings/Security.settings-meta.xml',f'<SecuritySettings {NS}><networkAccess>\n'+''.join(f'<ipRanges><description>d</description><end>11.{j//62500}.{j//250%250}.{j%250}</end><start>11.{j//62500}.{j//250%250}.{j%250}</start></ipRanges>\n' for j in range(n))+'</networkAccess></SecuritySettings>')
def callbacks(d,n):
    u='\n'.join(f'http://h{j}.example.com/cb' for j in range(n))
    w(d,F+'connectedApps/A.connectedApp-meta.xml',app(0).replace('http://example.com/0',u))
def longtext(d,n):
    w(d,F+'connectedApps/A.connectedApp-meta.xml',app(0).replace('http://example.com/0','http://example.com/?a=b&amp;token=abcdef '*n))
def literal(d,n):
    w(d,F+'classes/A.cls',"public class A { void f() { String s = 'https://x.example.com/secur/frontdoor.jsp?sid=' + UserInfo.getSessionId() + '"+'http://a.example.com/?sid=abc&'*n+"'; } }")
def pkgdirs(d,n):
    import json
    w(d,'sfdx-project.json',json.dumps({"packageDirectories":[{"path":f"p{i}","default":i==0} for i in range(n)]}))
    for i in range(n): w(d,f'p{i}/connectedApps/A{i}.connectedApp-meta.xml',app(i))
def remotes(d,n):
    for i in range(n):
        w(d,F+f'remoteSiteSettings/R{i}.remoteSite-meta.xml',f'<RemoteSiteSetting {NS}><disableProtocolSecurity>true</disableProtocolSecurity><isActive>true</isActive><url>http://h{i}.example.com</url></RemoteSiteSetting>')
def csp(d,n):
    for i in range(n):
        w(d,F+f'corsWhitelistOrigins/R{i}.corsWhitelistOrigin-meta.xml',f'<CorsWhitelistOrigin {NS}><urlPattern>https://*.h{i}.example.com</urlPattern></CorsWhitelistOrigin>')
        w(d,F+f'namedCredentials/N{i}.namedCredential-meta.xml',f'<NamedCredential {NS}><label>N{i}</label><endpoint>http://h{i}.example.com</endpoint><principalType>NamedUser</principalType><protocol>Password</protocol><username>u</username></NamedCredential>')
def forceignore(d,n):
    apps(d,n); w(d,'.forceignore',''.join(f'**/A{i}.connectedApp-meta.xml\n' for i in range(n)))
def classes(d,n):
    for i in range(n): w(d,F+f'classes/C{i}.cls',f'public class C{i} extends C{max(0,i-1)} {{ public static void f() {{ C{(i*7)%n}.f(); C{(i*3+1)%n}.f(); new Http().send(new HttpRequest()); }} @AuraEnabled public static void g() {{ f(); }} }}')
def appegress(d,n):
    for i in range(n): w(d,F+f'connectedApps/A{i}.connectedApp-meta.xml',app(i).replace('<callbackUrl>http://example.com','<certificate>x</certificate><callbackUrl>http://example.com'))
    w(d,F+'profiles/P.profile-meta.xml',f'<Profile {NS}><loginIpRanges><startAddress>11.0.0.0</startAddress><endAddress>11.255.255.255</endAddress></loginIpRanges></Profile>')
    w(d,'sessionlint.toml','[integration]\negress = [' + ','.join(f"'11.{j//62500}.{j//250%250}.{j%250}'" for j in range(n*10)) + ",'203.0.113.7']\n")
def takenback(d,n):
    page='# Rule of the house\n\nThe house wants it otherwise.\n\n```toml rule\nseverity = {{ continuity = "note" }}\nconfidence = "high"\nfrom = "Profile"\nwhere = "{}"\nmark = "description"\nmessage = "It is otherwise"\nhelp = "Do as the house does"\n{}references = ["house rules"]\n```\n'
    w(d,'house/none.md',page.format("description = null","fix = { set = 'description', to = 'Kept', safety = 'safe' }\n"))
    w(d,'house/kept.md',page.format("description = 'Kept' AND userLicense = 'Bad'",''))
    for i in range(n): w(d,F+f'profiles/P{i}.profile-meta.xml',f'<Profile {NS}>\n    <userLicense>{"Bad" if i%2 else "Good"}</userLicense>\n</Profile>\n')
# What a kind gives the command beside the rules that all are checked with.
ARGUMENTS = dict(takenback=["--fix", "--rules", "{}/house", "--select", "house"])
KINDS = dict(appegress=100, takenback=200, classes=400, apps=400, comments=1000, ignores=400, ignorepaths=400, xmlcomm=2000, apexcomm=2000,
             appranges=200, appprof=200, oneprof=8000, trusted=8000, callouts=1000, callouts2=4000, callmethods=2000,
             hub=2000, ownself=4000, jobs=2000, jobfields=2000, jobuses=4000, logins=4000, tokens=4000,
             overloads=4000, nested=4000, callbacks=4000, longtext=4000, literal=4000, pkgdirs=400, remotes=1600, csp=1600,
             forceignore=400)


def run(program, folder, arguments):
    process = subprocess.Popen([program, "check", "--preset", "all", "--as-of", "2026-11-28", *(it.format(folder) for it in arguments), folder],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f"the check of {folder} ended with {code}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default="target/release/sessionlint")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    given = parser.parse_args()
    worst = 0
    for kind in given.kinds or KINDS:
        measured = []
        for factor in (1, 2, 4):
            with tempfile.TemporaryDirectory() as folder:
                base(folder)
                globals()[kind](folder, KINDS[kind] * factor * given.times)
                measured.append(run(given.program, folder, ARGUMENTS.get(kind, [])))
        ratio = measured[2][0] / measured[0][0]
        worst = max(worst, ratio)
        times = "  ".join(f"{seconds:.2f} s {megabytes} MB" for seconds, megabytes in measured)
        print(f"{kind:12} {KINDS[kind] * given.times:6}  {times}  x{ratio:.1f}  n^{math.log(ratio, 4):.2f}", flush=True)
    sys.exit(1 if worst > 6 else 0)


if __name__ == "__main__":
    main()
