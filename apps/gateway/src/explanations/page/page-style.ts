import { figureStyle, type Theme } from '#figures';

const STYLE = `
:root{--line:light-dark(#d8d8d4,#3c3c3a);--soft:light-dark(#f5f5f2,#242422);--link:light-dark(#0b57a4,#8ab8ee);--text:light-dark(#1c1c1a,#e8e8e4);--quiet:light-dark(#5c5c58,#a8a8a2);--page:light-dark(#fff,#1a1a18);--warn:light-dark(#fff6d8,#3a3112)}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:56rem;padding:2rem 1rem 5rem;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page)}
a{color:var(--link)}
a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
h1{font-size:1.6rem;line-height:1.3;margin:0;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.2rem;line-height:1.3;margin:2.5rem 0 .75rem;padding-top:1.25rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.75rem 0 .5rem}
p,dl,ul{max-width:70ch}
.answer{font-size:1.25rem;margin:.75rem 0 .25rem}
.quiet{color:var(--quiet)}
.by{margin:.25rem 0 0;overflow-wrap:anywhere}
.vf{max-width:none}
.vf .legend{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;list-style:none;max-width:none;margin:0;padding:.4rem 0;background:var(--page)}
.vf .legend li{line-height:0;max-width:100%}
.vf .legend svg{max-width:100%}
.vf .words{font-size:1.15rem;line-height:2;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;max-width:none;margin:.5rem 0 0}
.vf .words mark{border-radius:2px}
svg{display:block}
figure{margin:.5rem -1rem}
figure.overlay{margin:.5rem 0}
figure.wide{overflow-x:auto}
figure>svg{max-width:100%;height:auto}
.narrow{display:none}
.warnings{list-style:none;padding:0;max-width:none}
.warnings li{background:var(--warn);border-left:4px solid light-dark(#b58900,#d8b13a);padding:.6rem .9rem;margin:.5rem 0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:15px}
th,td{text-align:left;vertical-align:top;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
thead th{vertical-align:bottom}
tbody th{font-weight:400;overflow-wrap:break-word;max-width:24rem}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
dl.facts{display:grid;grid-template-columns:minmax(7rem,max-content) minmax(0,1fr);gap:.35rem 1.25rem;max-width:none;margin:0}
dl.facts dt{color:var(--quiet)}
dl.facts dd{margin:0;overflow-wrap:anywhere}
code,pre{font:14px/1.5 ui-monospace,monospace}
pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:.75rem 1rem;background:var(--soft);border-radius:6px;margin:.75rem 0}
@media (max-width:40rem){.wide{display:none}.narrow{display:block}.narrow>svg{width:100%;max-width:32rem}h1{font-size:1.35rem}body{padding-top:1.25rem}dl.facts{grid-template-columns:minmax(0,1fr)}dl.facts dd{margin-bottom:.4rem}table,tbody,tr,tbody th{display:block;max-width:none}thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}tbody tr{padding:.5rem 0;border-bottom:1px solid var(--line)}tbody th{font-weight:600;border:0;padding:0 0 .15rem;overflow-wrap:anywhere}tbody td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0}.number{white-space:normal}tbody td::before{content:attr(data-head);color:var(--quiet);text-align:left}}
@media print{body{max-width:none;padding:0;font-size:11pt}.vf .legend{position:static}h2,h3{break-after:avoid}tr,figure,.warnings li{break-inside:avoid}thead{display:table-header-group}.scroll{overflow:visible}table{font-size:9.5pt}}
`;

/** The style sheet of an explanation's page and of the figures in it: the same text for every page of a theme. */
export function pageStyle(theme: Theme): string {
  return `:root{color-scheme:${theme === 'auto' ? 'light dark' : theme}}${STYLE}${figureStyle(theme)}`;
}
