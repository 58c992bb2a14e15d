import { stylePolicy } from '../http/style-policy.js';

const STYLE = `
:root{color-scheme:light dark;--line:light-dark(#d8d8d4,#3c3c3a);--soft:light-dark(#f5f5f2,#242422);--link:light-dark(#0b57a4,#8ab8ee);--text:light-dark(#1c1c1a,#e8e8e4);--quiet:light-dark(#5c5c58,#a8a8a2)}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 6rem;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:light-dark(#fff,#1a1a18)}
a{color:var(--link)}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h2{margin-top:3rem;border-top:1px solid var(--line);padding-top:1.5rem}
h3{margin-top:2rem}
small,.quiet{color:var(--quiet);font-weight:400}
code,pre{font:14px/1.5 ui-monospace,monospace}
pre{overflow-x:auto;padding:.75rem 1rem;background:var(--soft);border-radius:6px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
dt{margin-top:.75rem}dd{margin:0}
.verb{display:inline-block;min-width:3.5rem;font-weight:700}
details{margin:.5rem 0}summary{cursor:pointer}
section:target>h2,section:target>h3,tr:target{background:light-dark(#fff3c4,#4a3f10)}
@media print{body{max-width:none;padding:0}details{display:block}}
`;

/** Content-Security-Policy of a page of the reference. */
export const pagePolicy = stylePolicy(STYLE);

/** A whole page. It loads nothing, so that it works without a network. */
export function renderHtmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Plain text with `code` in backticks, as HTML. */
export function renderProse(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}
