#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""contents.py CASE HOST ARCHS DIST VERSION FOLDER...: one promise about the tarballs in DIST, which run on HOST
and are for ARCHS (with commas). `unpack` unpacks them to the first FOLDER, from where the others read. The
other FOLDERs are where they were made."""

import hashlib
import json
import re
import stat
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

case, host, archs, dist, version = sys.argv[1], sys.argv[2], sys.argv[3].split(","), Path(sys.argv[4]), sys.argv[5]
unpacked = Path(sys.argv[6]) / "un packed"
folders = sys.argv[7:]
VENDORS = {"lfi": ["lfi", "lfi_stores", "lfi_jumps"], "native": ["native"]}
LIMIT = 90_000_000
GLIBC = (2, 36)  # of Debian 12


@dataclass(frozen=True)
class Release:
    arch: str
    kind: str

    @property
    def cross(self):
        return self.arch != host

    @property
    def boxes(self):
        """Are there programs to run boxes here?"""
        return self.kind == "lfi" and not self.cross

    def __str__(self):
        return f"{self.arch}-{self.kind}-clang-{f'host-{host}-' if self.cross else ''}{version}"


RELEASES = [Release(arch, kind) for arch in archs for kind in VENDORS]
EXTRAS = f"lfi-extras-{version}"
ALL = [*RELEASES, EXTRAS]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def files(release):
    return [path for path in (unpacked / str(release)).rglob("*") if path.is_file() and not path.is_symlink()]


def is_elf(path):
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def machine_of(arch):
    """Its number in ELF files."""
    facts = (Path(__file__).parents[2] / f"cmake/arch/{arch}.cmake").read_text()
    return int(re.search(r"^set\(ARCH_MACHINE (\d+)\)", facts, re.M)[1])


def has_nasm(arch):
    facts = (Path(__file__).parents[2] / f"cmake/arch/{arch}.cmake").read_text()
    return re.search(r"^set\(ARCH_NASM TRUE\)", facts, re.M) is not None


def unpack():
    """Both archives unpack with tar alone, to the same."""
    run("rm", "-rf", unpacked)
    for release in map(str, ALL):
        for suffix in "gz", "zst":
            (unpacked / suffix).mkdir(parents=True, exist_ok=True)
            run("tar", "-xf", dist / f"{release}.tar.{suffix}", "-C", unpacked / suffix)
            assert [p.name for p in (unpacked / suffix).iterdir()] == [release], "more than one folder"
            (unpacked / suffix / release).rename(unpacked / f"{release}{'.gz' if suffix == 'gz' else ''}")
        run("diff", "-r", "--no-dereference", unpacked / release, unpacked / f"{release}.gz")
        run("rm", "-rf", unpacked / f"{release}.gz", unpacked / "gz", unpacked / "zst")


def sums():
    wanted = {f"{r}.{s}" for r in ALL for s in ("tar.zst", "tar.gz", "spdx.json", "sources.txt")}
    wanted |= {f"{r}.deb" for r in RELEASES if r.kind == "lfi"}
    lines = (dist / "SHA256SUMS").read_text().splitlines()
    assert {line.split()[1] for line in lines} == wanted
    print(run("sh", "-c", 'cd "$1" && sha256sum --check --strict SHA256SUMS', "sh", dist))


def deb():
    """Debian packages: fields, owners, times, links that lead somewhere, two that can be installed together, and
    programs that work from there."""
    epoch = tarfile.open(dist / f"{RELEASES[0]}.tar.gz").next().mtime
    everywhere = {}
    for release in (release for release in RELEASES if release.kind == "lfi"):
        package = dist / f"{release}.deb"
        fields = dict(line.split(": ", 1) for line in run("dpkg-deb", "--field", package).splitlines() if line[0] != " ")
        name = f"{release.arch}-lfi-clang".replace("_", "-")
        assert fields["Package"] == name and fields["Version"] == version, fields
        root = unpacked / "deb" / name
        run("rm", "-rf", root)
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as process, \
                tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for member in archive:
                assert member.uid == member.gid == 0 and member.mtime <= epoch, member.name
                assert not member.mode & 0o6022 or member.issym(), member.name
                if not member.isdir():
                    assert everywhere.setdefault(member.name, name) == name, f"{member.name} is in two packages"
        root.mkdir(parents=True)
        run("dpkg-deb", "--extract", package, root)
        run("sh", "-c", 'cd "$1" && dpkg-deb --control "$2" ../control && md5sum --check --quiet ../control/md5sums',
            "sh", root, package)
        run("rm", "-rf", root.parent / "control")
        for link in root.rglob("*"):
            assert not link.is_symlink() or (link.exists() and root in link.resolve().parents), f"{link} leads nowhere"
        source = root / "hello.c"
        source.write_text('#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n')
        run(root / f"usr/bin/{release.arch}-lfi-linux-musl-clang", source, "-o", root / "hello")
        assert run(root / f"usr/bin/{release.arch}-lfi-run", root / "hello") == "hello\n"
        assert (root / "usr/share/man/man1/lfi-run.1.gz").exists() != release.cross
        run("rm", "-rf", root)


def size():
    for release in ALL:
        for suffix in "zst", "gz":
            size = (dist / f"{release}.tar.{suffix}").stat().st_size
            print(f"{release}.tar.{suffix}: {size / 1e6:.1f} MB")
            assert size <= LIMIT


def layout():
    for release in RELEASES:
        top = unpacked / str(release)
        folders = {"bin", "lib", "libexec", "share", "sysroot", "lfi-bin", "lfi-clang"}
        folders |= {"include"} if release.kind == "lfi" else set()
        folders |= {"targets"} if release.kind == "lfi" and release.cross else set()
        assert {path.name for path in top.iterdir()} == folders | {"README", "VERSION"}
        assert (top / "VERSION").read_text() == version + "\n"
        readme = (top / "README").read_text()
        assert str(release) in readme and "@" not in readme

        triples = [f"{release.arch}-{vendor}-linux-musl" for vendor in VENDORS[release.kind]]
        assert {path.name for path in (top / "sysroot").iterdir()} == set(triples)
        compilers = {f"{triple}-{name}" for triple in triples for name in ("clang", "clang++")}
        assert {path.name for path in (top / "lfi-clang").iterdir()} == compilers
        programs = {path.name for path in (top / "lfi-bin").iterdir()}
        assert compilers <= programs
        own = {name for name in programs if name.startswith("lfi-")}
        wanted = {"lfi-config"}
        wanted |= {"lfi-bind", "lfi-rewrite", "lfi-verify", "lfi-exec"} if release.kind == "lfi" else set()
        wanted |= {"lfi-postlink", "lfi-run"} if release.boxes else set()
        wanted |= {"lfi-nasm"} if release.boxes and has_nasm(release.arch) else set()
        assert own == wanted, own ^ wanted
        runner = {f"{release.arch}-{vendor}-run" for vendor in VENDORS[release.kind]} & programs
        assert len(runner) == len(VENDORS[release.kind]) or not release.cross
        if "targets" in folders:
            assert {str(p.relative_to(top / "targets" / release.arch)) for p in files(release) if "targets" in p.parts} == {
                "bin/lfi-run", "bin/lfi-verify", "lib/liblfi.a", "lib/liblfi-verifier.a"}
        for name in programs - own - runner:
            assert any(name.startswith(triple) for triple in triples), f"{name} may be a program of the host"

        for link in (path for path in top.rglob("*") if path.is_symlink()):
            assert not link.readlink().is_absolute(), f"{link} is absolute"
            assert link.resolve(strict=True).is_relative_to(top.resolve()), f"{link} leads out"


def archive():
    """Nothing of who packed it, and when, is in a tarball."""
    for release in ALL:
        names, times = [], set()
        with tarfile.open(dist / f"{release}.tar.gz") as tar:
            for member in tar:
                names.append(member.name)
                times.add(member.mtime)
                assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", ""), member.name
                assert member.isdir() or member.isfile() or member.issym(), member.name
                assert member.issym() or stat.S_IMODE(member.mode) in (0o755, 0o644), member.name
        assert len(times) == 1 and names[0] == str(release)
        # tar's own order: of each folder, by name.
        assert names == sorted(names, key=lambda name: name.split("/"))
        with (dist / f"{release}.tar.gz").open("rb") as file:
            assert file.read(10)[3:8] == b"\0" * 5, "gzip's header has a name or time"


def paths():
    """No file names a folder of the machine that made it."""
    patterns = {}
    for folder in map(Path, folders):
        # A short name such as /src may be text; then it counts only with what is in the folder.
        inside = "/(" + "|".join(re.escape(path.name) for path in folder.iterdir()) + ")"
        patterns[folder] = re.compile((re.escape(str(folder)) + (inside if len(folder.parts) < 3 else r"(?![\w.-])")).encode())
    found = [f"{path}: {folder}" for release in ALL for path in files(release)
             for data in [path.read_bytes()] for folder, pattern in patterns.items() if pattern.search(data)]
    assert not found, "\n".join(found)


def needs():
    """Programs need nothing but the C library of Debian 12; those of another processor nothing."""
    loader = f"ld-linux-{host.replace('_', '-')}"
    seen = 0
    for release in RELEASES:
        for path in files(release):
            if "sysroot" in path.parts or not is_elf(path) or path.suffix == ".o":
                continue
            seen += 1
            there = "targets" in path.parts
            machine = int.from_bytes(path.read_bytes()[18:20], "little")
            assert machine == machine_of(release.arch if there else host), f"{path}: machine {machine}"
            dynamic = run("readelf", "-dW", path)
            needed = {name for name in re.findall(r"NEEDED.*\[(.*)\]", dynamic) if there or not name.startswith(loader)}
            shipped = {name for name in needed if (unpacked / str(release) / "lib" / name).is_file()}
            assert needed - shipped <= (set() if there else {"libc.so.6"}), f"{path}: {needed}"
            for folder in re.findall(r"(?:RPATH|RUNPATH).*\[(.*)\]", dynamic):
                assert folder.startswith("$ORIGIN/"), f"{path}: {folder}"
            versions = re.findall(r"GLIBC_([0-9.]+)", run("readelf", "-VW", path))
            newest = max((tuple(map(int, v.split("."))) for v in versions), default=(0,))
            assert newest <= GLIBC, f"{path}: glibc {newest}"
    assert seen >= 8, "these are not all programs"


def licences():
    """share/sources.txt names each component with what SPDX says of it, and its licence texts are there."""
    for release in ALL:
        top = unpacked / str(release)
        text = (top / "share/sources.txt").read_text()
        assert text == (dist / f"{release}.sources.txt").read_text()
        listed = dict(re.findall(r"^([a-z+-]+) (\S+): .*\n    licence ", text, re.M))
        document = json.loads((top / "share/sbom.spdx.json").read_text())
        assert listed == {p["name"]: p["versionInfo"] for p in document["packages"] if p["name"] != str(release)}
        for name in listed:
            texts = [p for p in (top / "share/licenses" / name).rglob("*") if p.is_file()]
            assert texts and max(p.stat().st_size for p in texts) > 500, f"{name}: {texts}"
        if release == EXTRAS:
            assert set(listed) == {"lfi", "glibc", "libbsd"}, listed
        else:
            expected = {"lfi", "glibc", "gcc-runtime", "zlib", "zstd", "linux", "musl", "compiler-rt",
                        "libunwind", "libc++", "libc++abi"}
            expected |= {"mimalloc"} if list(top.glob("sysroot/*/usr/lib/*mimalloc*")) else set()
            expected |= {"zydis"} if release.boxes else set()
            assert expected <= set(listed), expected - set(listed)
        assert {path.name for path in (top / "share/licenses").iterdir()} == set(listed)


def extras():
    """What its README lists is there for each target, and works in an SDK once it is copied as the README says."""
    top = unpacked / EXTRAS
    triples = {f"{arch}-{vendor}-linux-musl" for arch in archs for kind in VENDORS for vendor in VENDORS[kind]}
    assert {path.name for path in (top / "sysroot").iterdir()} == triples
    assert {path.name for path in top.iterdir()} == {"README", "VERSION", "share", "sysroot"}
    readme = (top / "README").read_text()
    assert EXTRAS in readme and "@" not in readme
    listed = set(re.findall(r"[a-z/]+\.h|lib[a-z]+\.a", readme))
    for triple in triples:
        usr = top / "sysroot" / triple / "usr"
        found = {str(path.relative_to(usr / "include")) for path in (usr / "include").rglob("*.h")}
        assert found | {path.name for path in (usr / "lib").iterdir()} == listed, triple
        assert (usr / "share/licenses/argp/COPYING.LIB").is_file()

    # The releases of the SDK have none of it.
    assert not [path for release in RELEASES for path in files(release) if path.name in ("argp.h", "libargp.a", "libexecinfo.a")]

    commands = "\n".join(re.findall(r"^    (for target .*|    \[ ! .*|done)$", readme, re.M))
    source = unpacked / "count.c"
    source.write_text("#include <argp.h>\n#include <stdio.h>\n"
                      "static error_t parse(int key, char *arg, struct argp_state *state)\n"
                      "{ return key == ARGP_KEY_ARG ? puts(arg) < 0 : state ? ARGP_ERR_UNKNOWN : 0; }\n"
                      "int main(int argc, char **argv) { struct argp argp = {0, parse, 0, 0, 0, 0, 0};\n"
                      "return argp_parse(&argp, argc, argv, 0, 0, 0); }\n")
    for release in (release for release in RELEASES if release.kind == "lfi"):
        run("rm", "-rf", unpacked / "SDK")
        run("cp", "-al", unpacked / str(release), unpacked / "SDK")
        subprocess.run(["sh", "-euc", commands], cwd=unpacked, check=True)
        assert {path.name for path in (unpacked / "SDK/sysroot").iterdir()} == {t for t in triples if f"{release.arch}-lfi" in t}
        run(unpacked / f"SDK/bin/{release.arch}-lfi-linux-musl-clang", source, "-o", unpacked / "count", "-largp")
        assert run(unpacked / f"SDK/bin/{release.arch}-lfi-run", unpacked / "count", "one") == "one\n"
        run("rm", "-rf", unpacked / "SDK")


def claims():
    """A release with a file of unknown origin is not made."""
    prefix = unpacked / "unknown"
    (prefix / "bin").mkdir(parents=True, exist_ok=True)
    (prefix / "bin/stranger").touch()
    made = subprocess.run([Path(folders[0]) / "release/documents", f"--prefix={prefix}", "--name=n", "--version=1",
                           "--provider=distro"], env={"SOURCE_DATE_EPOCH": "0", "PATH": "/usr/bin:/bin"},
                          capture_output=True, text=True)
    assert made.returncode != 0 and "has bin/stranger" in made.stderr, made
    assert not (prefix / "share").exists()


def sbom():
    """What SPDX 2.3 asks of a document."""
    for release in ALL:
        text = (dist / f"{release}.spdx.json").read_text()
        assert text == (unpacked / str(release) / "share/sbom.spdx.json").read_text()
        document = json.loads(text)
        assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0"
        assert document["SPDXID"] == "SPDXRef-DOCUMENT" and document["name"] == str(release)
        assert re.fullmatch(r"https://[^#\s]+", document["documentNamespace"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["creationInfo"]["created"])
        assert all(re.fullmatch(r"(Person|Organization|Tool): \S+", c) for c in document["creationInfo"]["creators"])
        ids = {"SPDXRef-DOCUMENT"}
        for package in document["packages"]:
            assert re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", package["SPDXID"]), package["SPDXID"]
            assert package["SPDXID"] not in ids, package["SPDXID"]
            ids.add(package["SPDXID"])
            assert package["name"] and package["versionInfo"] and package["filesAnalyzed"] is False
            location = package["downloadLocation"]
            assert location == "NOASSERTION" or location.startswith("https://"), location
            # What was fetched has its sum, what came from the host its package.
            if location != "NOASSERTION":
                [checksum] = package["checksums"]
                assert checksum["algorithm"] == "SHA256" and re.fullmatch(r"[0-9a-f]{64}", checksum["checksumValue"])
            elif package["name"] not in ("lfi", str(release)):
                [reference] = package["externalRefs"]
                assert reference["referenceCategory"] == "PACKAGE-MANAGER" and reference["referenceType"] == "purl"
                assert re.fullmatch(r"pkg:deb/debian/[a-z0-9.+-]+@[^@:+]+\?arch=source", reference["referenceLocator"])
            expression = r"[A-Za-z0-9.-]+( (WITH|AND|OR) [A-Za-z0-9.-]+)*"
            assert re.fullmatch(expression, package["licenseDeclared"]), package
            assert re.fullmatch(r"Organization: \S.*", package["supplier"]), package
            # Of the whole: all that its parts are under.
            if package["name"] == str(release):
                parts = {p["licenseConcluded"] for p in document["packages"] if p is not package}
                assert package["licenseConcluded"] == " AND ".join(sorted(f"({part})" for part in parts)), package
            else:
                assert re.fullmatch(expression, package["licenseConcluded"]), package
                assert " OR " not in package["licenseConcluded"], package
        relations = {(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"]) for r in document["relationships"]}
        assert all(a in ids and b in ids for a, _, b in relations)
        top = next(b for a, kind, b in relations if (a, kind) == ("SPDXRef-DOCUMENT", "DESCRIBES"))
        assert {b for a, kind, b in relations if (a, kind) == (top, "CONTAINS")} == ids - {"SPDXRef-DOCUMENT", top}
        print(release, hashlib.sha256(text.encode()).hexdigest(), len(ids) - 2, "components")


globals()[case]()
