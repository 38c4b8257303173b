#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The documentation in the SDK: manual.py pages|man|completion SDK-FOLDER SOURCE-FOLDER"""
import html.parser
import pathlib
import re
import subprocess
import sys


def fail(message):
    sys.exit(f'FAILED: {message}')


def programs(sdk, source):
    """Those of the table that this SDK has; the first two are everywhere."""
    names = [line.split()[0] for line in (source / 'manual/programs').read_text().splitlines()
             if line.strip() and not line.startswith('#')]
    there = [name for name in names if (sdk / 'bin' / name).exists()]
    if 'lfi-run' not in there or 'lfi-verify' not in there:
        fail(f'only {there}')
    return there


def options(sdk, program):
    """The long options that --help shows."""
    text = subprocess.run([sdk / 'bin' / program, '--help'], check=True, capture_output=True, text=True).stdout
    found = set()
    for line in text.splitlines():
        if re.match(r' +-', line):
            found |= set(re.findall(r'--[a-z][a-z0-9-]*', re.split(r'  ', line.strip())[0]))
    if '--help' not in found:
        fail(f'{program} --help shows no --help')
    return found


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.anchors, self.open, self.text = [], set(), [], ''

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in ('a', 'img'):
            self.links.append(values.get('href') or values.get('src'))
        if 'id' in values:
            self.anchors.add(values['id'])
        if tag not in ('img', 'br', 'hr', 'meta', 'link'):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            fail(f'</{tag}> without its beginning')

    def handle_data(self, data):
        self.text += data


def check_pages(sdk, source):
    folder = sdk / 'share/doc/lfi/html'
    for page in (source / 'docs').glob('*.md'):
        if not (folder / f'{page.stem}.html').exists():
            fail(f'{page.name} has no page')
    count, linked = 0, {'index.html'}
    for file in folder.glob('*.html'):
        page = Page()
        page.feed(file.read_text())
        if page.open:
            fail(f'{file.name}: {page.open} are not closed')
        if len(page.text) < 500:
            fail(f'{file.name} says nothing')
        for link in page.links:
            if re.match(r'https?:|#|mailto:', link):
                continue
            name = link.split('#')[0]
            if not (folder / name).exists():
                fail(f'{file.name}: {link} leads nowhere')
            linked.add(name)
            count += 1
    if count < 20:
        fail(f'only {count} links')
    alone = {file.name for file in folder.glob('*.html')} - linked
    if alone:
        fail(f'{alone}: nothing leads there')
    for folder in ('markdown/docs', 'examples/add'):
        if not any((sdk / 'share/doc/lfi' / folder).iterdir()):
            fail(f'{folder} is empty')


def check_man(sdk, source):
    for program in programs(sdk, source):
        page = sdk / f'share/man/man1/{program}.1'
        text = subprocess.run(['mandoc', '-T', 'ascii', page], check=True, capture_output=True, text=True).stdout
        text = re.sub('.\b', '', text)
        for section in ('NAME', 'SYNOPSIS', 'DESCRIPTION'):
            if not re.search(f'^{section}$', text, re.M):
                fail(f'{program}: no {section}')
        for option in options(sdk, program):
            if option not in text:
                fail(f'{program}: {option} is not in its page')
        wrong = subprocess.run(['mandoc', '-T', 'lint', '-W', 'error', page], capture_output=True, text=True)
        if wrong.stdout:
            fail(wrong.stdout)


def check_completion(sdk, source):
    share = sdk / 'share'
    for program in programs(sdk, source):
        all_options = options(sdk, program)
        bash = share / f'bash-completion/completions/{program}'
        offered = subprocess.run(
            ['bash', '-c', f'source {bash!s}; COMP_WORDS=({program} --); COMP_CWORD=1; '
             'compopt() { :; }; ' f'_{program.replace("-", "_")}; echo "${{COMPREPLY[@]}}"'],
            check=True, capture_output=True, text=True).stdout
        missing = all_options - {word.rstrip('=') for word in offered.split()}
        if missing:
            fail(f'{program}: bash does not offer {missing}')
        fish = share / f'fish/vendor_completions.d/{program}.fish'
        offered = subprocess.run(
            ['fish', '--no-config', '-c', f'source "{fish!s}"; complete -C"{program} --"'],
            check=True, capture_output=True, text=True).stdout
        missing = all_options - {line.split()[0].rstrip('=') for line in offered.splitlines()}
        if missing:
            fail(f'{program}: fish does not offer {missing}')
        # zsh's needs a terminal to complete; what it hands to _arguments is read.
        zsh = share / f'zsh/site-functions/_{program}'
        offered = subprocess.run(
            ['zsh', '-f', '-c', f'_arguments() {{ print -l -- "$@" }}; source "{zsh!s}"'],
            check=True, capture_output=True, text=True).stdout
        specs = offered.splitlines()
        missing = all_options - {re.split(r'[\[=+:]', spec)[0] for spec in specs}
        if missing or not zsh.read_text().startswith(f'#compdef {program}\n'):
            fail(f'{program}: zsh does not offer {missing}')
        for spec in specs[:-1]:
            if not re.fullmatch(r"-[^\[]*\[[^\[\]]*\](::?value:_files)?", spec):
                fail(f'{program}: zsh: {spec}')


if __name__ == '__main__':
    globals()['check_' + sys.argv[1]](pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))
