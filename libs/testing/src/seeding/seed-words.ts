import type { Random } from '#numeric';

const ENGLISH =
  'the a of and is in it that this as with for but was on film movie story not one by from an are who so at all its has have more about like too his her they be ' +
  'good bad funny slow warm clever tender dull strange quiet loud honest hollow bright bleak witty tired fresh stale bold gentle grim lively lost moving plain ' +
  'actor actress director script scene plot ending music camera dialogue cast role pace tone humour drama comedy thriller romance war family child city sea night ' +
  'loan credit account payment income debt interest bank savings request customer delay refund invoice contract service claim policy premium insurance case review ' +
  'finds loses makes takes gives keeps turns shows tells feels seems becomes leaves brings holds watches waits works plays moves never always almost hardly really ' +
  'house road work summer winter friend mother father brother dream memory letter train window river street money time year hour word voice face hand heart';
const CHINESE =
  '我 这部 电影 非常 好看 感人 故事 导演 演员 音乐 结局 喜欢 觉得 无聊 精彩 推荐 失望 剧情 画面 节奏 客户 贷款 申请 收入 银行 利息 延迟 付款 服务 态度 很好 太慢 退款 合同 保险 理赔 今天 朋友 家人 一起 看了 两遍 值得 一看 有点 复杂 简单 温暖 城市 夜晚';
const SYLLABLES = 'ka to mi ren vo sal der bri an el os tur min hal ge fo ra ne zu pel'.split(' ');

const english = ENGLISH.split(' ');
const chinese = CHINESE.split(' ');

/** A sentence or a few, in English with names of a long tail, or in Chinese. Words are as common as in a language: few often, most hardly ever. */
export function drawText(random: Random): string {
  if (random.below(10) === 0) return drawSentences(random, 2, (length) => `${draw(random, chinese, length).join('')}。`);
  return drawSentences(random, 3, (length) => {
    const words = draw(random, english, length);
    if (random.below(2) === 0) words.push(drawName(random));
    return `${capitalise(words.join(' '))}.`;
  });
}

/** A surname that hardly comes twice. */
function drawName(random: Random): string {
  return capitalise(Array.from({ length: 3 }, () => SYLLABLES[random.below(SYLLABLES.length)] ?? '').join(''));
}

function drawSentences(random: Random, most: number, sentence: (length: number) => string): string {
  return Array.from({ length: 1 + random.below(most) }, () => sentence(4 + random.below(9))).join(' ');
}

/** Words in the order of their rank, by Zipf's law. */
function draw(random: Random, from: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => from[Math.floor(Math.exp(random.float() * Math.log(from.length + 1))) - 1] ?? '');
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
