package dev.mneme.search;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Composed conversations with known answers, in five languages. A line of {@link #FACTS} is: language | what was said | a few key words |
 * a question in similar words | a question in other words.
 */
final class Talks {
    /** Something once said, and three ways to ask for it. */
    record Fact(String language, String said, String keywords, String question, String paraphrase) {}

    /** Turns of small talk around the facts, per language. */
    static final int NOISE = 600;

    private Talks() {}

    static List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        for (String line : FACTS.split("\n")) {
            if (!line.isBlank()) {
                String[] parts = line.split("\\|");
                facts.add(new Fact(
                        parts[0].strip(), parts[1].strip(), parts[2].strip(), parts[3].strip(), parts[4].strip()));
            }
        }
        return facts;
    }

    /** Small talk on the facts' own subjects: each shares words with several questions and answers none. Seeded. */
    static List<String> noise(String language, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        String[][] parts = switch (language) {
            case "en" -> ENGLISH;
            case "de" -> GERMAN;
            case "fr" -> FRENCH;
            case "zh" -> CHINESE;
            default -> JAPANESE;
        };
        String gap = language.equals("zh") || language.equals("ja") ? "" : " ";
        List<String> noise = new ArrayList<>();
        for (int i = 0; i < NOISE; i++) {
            StringBuilder text = new StringBuilder();
            for (String[] column : parts) {
                text.append(text.isEmpty() ? "" : gap).append(column[random.nextInt(column.length)]);
            }
            noise.add(text.toString());
        }
        return noise;
    }

    private static final String[][] ENGLISH = {
        {
            "Yesterday",
            "Last week",
            "By the way,",
            "I was thinking that",
            "Just so you know,",
            "On Monday",
            "Honestly,",
            "This morning"
        },
        {
            "my brother",
            "my boss",
            "the neighbour's cat",
            "our team",
            "a friend from school",
            "my mother",
            "the landlord",
            "someone at work",
            "my old teacher",
            "the doctor",
            "a colleague"
        },
        {
            "talked about",
            "forgot",
            "asked me about",
            "wants to change",
            "likes",
            "bought something for",
            "had a question on",
            "was worried about",
            "wrote an email about",
            "planned"
        },
        {
            "the birthday",
            "a holiday trip",
            "the project deadline",
            "the dog",
            "coffee and tea",
            "the car",
            "the password rules",
            "a flight",
            "the piano",
            "dinner",
            "the medicine",
            "the new job",
            "a book",
            "the server",
            "the meeting",
            "the garden",
            "the rent"
        },
        {
            "again.",
            "and it took hours.",
            "but nothing was decided.",
            "because it rained.",
            "before lunch.",
            "and we laughed about it.",
            "which was a surprise.",
            "for the third time.",
            "so I listened."
        },
    };

    private static final String[][] GERMAN = {
        {"Gestern hat", "Letzte Woche hat", "Heute früh hat", "Übrigens hat", "Am Montag hat"},
        {
            "mein Bruder",
            "die Chefin",
            "unser Nachbar",
            "eine Freundin",
            "meine Mutter",
            "der Vermieter",
            "ein Kollege",
            "der Arzt"
        },
        {
            "über den Geburtstag",
            "über die Reise",
            "über das Projekt",
            "über den Hund",
            "über das Auto",
            "über die Wohnung",
            "über das Essen",
            "über die Schule",
            "über den Garten",
            "über die Arbeit",
            "über das Fahrrad"
        },
        {"gesprochen,", "nachgedacht,", "gelacht,", "geschrieben,", "gestritten,"},
        {
            "aber nichts entschieden.",
            "weil es regnete.",
            "und es dauerte Stunden.",
            "bevor wir gegessen haben.",
            "was mich überrascht hat."
        },
    };

    private static final String[][] FRENCH = {
        {"Hier,", "La semaine dernière,", "Ce matin,", "Au fait,", "Lundi,"},
        {
            "mon frère",
            "la directrice",
            "notre voisin",
            "une amie",
            "ma mère",
            "le propriétaire",
            "un collègue",
            "le médecin"
        },
        {"a parlé", "s'est souvenu", "m'a écrit au sujet", "a rêvé", "s'est plaint"},
        {
            "de l'anniversaire",
            "du voyage",
            "du projet",
            "du chien",
            "de la voiture",
            "de l'appartement",
            "du dîner",
            "de l'école",
            "du jardin",
            "du travail",
            "du vélo"
        },
        {"sans rien décider.", "parce qu'il pleuvait.", "pendant des heures.", "avant le déjeuner.", "et nous avons ri."
        },
    };

    private static final String[][] CHINESE = {
        {"昨天", "上周", "今天早上", "顺便说一下，", "星期一"},
        {"我哥哥", "老板", "邻居", "一个朋友", "我妈妈", "房东", "同事", "医生"},
        {"谈到了", "忘记了", "问了我关于", "想改变", "很喜欢"},
        {"生日", "旅行", "项目", "小狗", "汽车", "公寓", "晚饭", "学校", "花园", "工作", "自行车"},
        {"的事情，但什么也没决定。", "的问题，因为下雨了。", "的计划，花了几个小时。", "，我们都笑了。"},
    };

    private static final String[][] JAPANESE = {
        {"昨日、", "先週、", "今朝、", "ところで、", "月曜日に"},
        {"兄が", "上司が", "隣の人が", "友達が", "母が", "大家さんが", "同僚が", "医者が"},
        {"誕生日", "旅行", "プロジェクト", "犬", "車", "アパート", "夕食", "学校", "庭", "仕事", "自転車"},
        {"について話しました。", "のことを忘れていました。", "について聞きました。", "を変えたいと言いました。", "が好きだと言いました。"},
    };

    private static final String FACTS = """
            en | My sister Clara was born on the ninth of March. | Clara birthday March | When was Clara born? | What date should I buy my sibling a present for?
            en | I am allergic to peanuts, so no satay sauce for me please. | peanut allergy | Which foods am I allergic to? | Is there anything I must not eat?
            en | We adopted a greyhound called Pixel from the shelter. | greyhound Pixel | What is my dog's name? | Which pet lives in our house?
            en | The production database runs on port 6543 behind pgbouncer. | pgbouncer port 6543 | On which port does the production database run? | How do I connect to the live Postgres?
            en | My flight to Lisbon leaves on Friday at 6:40 from terminal 2. | flight Lisbon terminal | When does my flight to Lisbon leave? | At what time do I have to be at the airport?
            en | I take 20 mg of citalopram every evening. | citalopram 20 mg | How much citalopram do I take? | What medication am I on?
            en | Our wedding was in a lighthouse on the coast of Maine. | wedding lighthouse Maine | Where was our wedding? | In which place did we get married?
            en | I drink my coffee black, without any sugar. | coffee black sugar | How do I like my coffee? | What should you bring me in the morning from the cafe?
            en | Ticket MN-4821 is about the login page timing out on mobile. | MN-4821 | What is ticket MN-4821 about? | Which bug concerns signing in from a phone?
            en | My daughter Ines started playing the cello in September. | Ines cello | Which instrument does Ines play? | What does my child do in music lessons?
            en | The landlord raised the rent to 1,450 a month. | rent 1,450 | How high is the rent now? | What do I pay for my flat?
            en | I read The Left Hand of Darkness twice and loved it both times. | Left Hand of Darkness | Which book did I read twice? | What is my favourite novel?
            en | My car is a dark green Volvo V70 from 1999. | Volvo V70 | What kind of car do I drive? | Which vehicle do I own?
            en | Please never call me before ten, I work night shifts at the hospital. | night shifts hospital | Why should nobody call me before ten? | When do I sleep?
            en | I grew up in Tromsø, far north of the arctic circle. | Tromso arctic | Where did I grow up? | What is my home town?
            en | The garage door code is 7713. | garage code 7713 | What is the code of the garage door? | Which PIN opens the place where I park?
            en | My manager Priya approves all holiday requests. | Priya holiday approval | Who approves holiday requests? | Whom do I ask for vacation days?
            en | I ran the Berlin marathon in three hours and fifty minutes. | Berlin marathon time | How fast did I run the marathon? | What was my best race result?
            en | Use tabs, not spaces, in all my Go projects. | tabs spaces Go | Should my Go projects be indented by tabs or spaces? | What are my code formatting preferences?
            en | Grandpa Walter built wooden boats all his life. | Walter wooden boats | What did grandpa Walter build? | What was my grandfather's profession?
            en | The backup job starts at 02:30 UTC and writes to the cold bucket. | backup job bucket | When do backups start? | At night, what copies our data to storage?
            en | I became a vegetarian in 2019 after watching a documentary. | vegetarian 2019 | Since when am I a vegetarian? | Do I eat meat?
            en | Our anniversary dinner is booked at Osteria Lina for eight. | Osteria Lina | Which restaurant is booked for the anniversary? | Where are we going out to celebrate our marriage?
            en | My blood type is O negative. | blood type | Which blood type do I have? | What should the paramedics know about transfusions for me?
            en | The error FATAL_QX17 means that the licence has expired. | FATAL_QX17 | What does error FATAL_QX17 mean? | What happens when our software subscription ran out?
            en | I prefer trains to planes because flying makes me anxious. | trains planes anxious | Why do I prefer trains? | How do I feel about air travel?
            en | My passport number ends in 882 and expires in June 2031. | passport expires | When does my passport expire? | Until which year can I travel abroad with my document?
            en | We are painting the nursery a pale yellow. | nursery yellow | In which colour is the nursery painted? | How will the baby's room look?
            en | The quarterly report is due on the fifteenth, send it to Marcus. | quarterly report Marcus | Who gets the quarterly report? | To whom do I deliver the numbers of the last three months?
            en | I broke my left wrist skiing when I was twelve. | broken wrist skiing | How did I break my wrist? | What injury did I have as a child?
            de | Meine Schwester Annika hat am neunten März Geburtstag. | Annika Geburtstag | Wann hat Annika Geburtstag? | An welchem Tag wurde meine Schwester geboren?
            de | Ich vertrage keine Haselnüsse, davon bekomme ich Ausschlag. | Haselnuss Ausschlag | Wovon bekomme ich Ausschlag? | Gegen welche Lebensmittel bin ich allergisch?
            de | Unser Kater heißt Brösel und ist elf Jahre alt. | Kater Brösel | Wie heißt unser Kater? | Welches Haustier haben wir?
            de | Die Haustürschlüssel liegen unter dem Blumentopf im Hof. | Haustürschlüssel Blumentopf | Wo liegen die Schlüssel der Haustür? | Wie komme ich ins Haus, wenn ich mich ausgesperrt habe?
            de | Ich habe in Freiburg Forstwissenschaften studiert. | Studium Freiburg | Was habe ich in Freiburg studiert? | Welchen Abschluss habe ich?
            de | Mein Fahrrad ist ein rotes Rennrad aus den Achtzigern. | rotes Rennrad | Welche Farbe hat mein Rennrad? | Womit fahre ich zur Arbeit?
            de | Die Miete für die Wohnung beträgt achthundert Euro warm. | Miete Wohnung | Wie hoch sind die Mietkosten der Wohnung? | Was zahle ich monatlich fürs Wohnen?
            de | Am liebsten esse ich Käsespätzle mit Röstzwiebeln. | Käsespätzle | Was esse ich am liebsten? | Was ist mein Lieblingsgericht?
            de | Der Arzttermin ist am Donnerstag um halb neun in der Klinik. | Arzttermine Donnerstag | Wann ist mein Termin beim Arzt? | Wann muss ich zur Untersuchung?
            de | Mein Großvater war Uhrmacher in Glashütte. | Großvater Uhrmacher | Welchen Beruf hatte mein Großvater? | Was hat Opa gearbeitet?
            de | Das Passwort fürs Gäste-WLAN lautet Sommerregen. | Gäste-WLAN Passwort | Wie lautet das Passwort des WLANs für Gäste? | Wie kommen Besucher ins Internet?
            de | Wir haben drei Hühner und einen Hahn im Garten. | Hühner Garten | Wie viele Hühner haben wir? | Welche Tiere leben bei uns draußen?
            fr | Ma sœur Élodie est née le neuf mars. | Élodie née mars | Quand Élodie est-elle née ? | Quel jour fête-t-on ma sœur ?
            fr | Je suis allergique aux fruits de mer, surtout aux crevettes. | allergie crevettes | À quoi suis-je allergique ? | Qu'est-ce que je ne dois pas manger ?
            fr | Notre chienne s'appelle Noisette et dort sur le canapé. | chienne Noisette | Comment s'appelle notre chien ? | Quel animal vit chez nous ?
            fr | J'habite à Nantes depuis que j'ai changé de travail. | habiter Nantes | Depuis quand est-ce que j'habite à Nantes ? | Dans quelle ville est mon logement ?
            fr | Le train pour Lyon part à sept heures dix, voie quatre. | trains Lyon voie | À quelle heure part le train de Lyon ? | Quand dois-je être à la gare ?
            fr | Mon fils apprend la clarinette au conservatoire. | clarinette conservatoire | Quel instrument apprend mon fils ? | Que fait mon enfant comme musique ?
            fr | Les clés de secours sont chez la boulangère. | clé secours boulangère | Où sont les clés de secours ? | Qui peut m'ouvrir si je suis enfermé dehors ?
            fr | Je préfère le thé vert sans sucre le matin. | thé vert sucre | Quel thé est-ce que je préfère ? | Que dois-tu me servir au petit déjeuner ?
            fr | Nous nous sommes mariés dans un vieux moulin en Bretagne. | mariage moulin Bretagne | Où nous sommes-nous mariés ? | Dans quel lieu avons-nous fait la noce ?
            fr | Le loyer a augmenté à neuf cents euros par mois. | loyer euros | Combien coûte le loyer ? | Combien est-ce que je paie pour l'appartement ?
            zh | 我妹妹小雨的生日是三月九号。 | 小雨 生日 | 小雨的生日是哪天？ | 我应该什么时候给妹妹送礼物？
            zh | 我对花生过敏，不能吃沙茶酱。 | 花生过敏 | 我对什么过敏？ | 哪些食物我不能碰？
            zh | 我们家的猫叫味噌，喜欢在窗边睡觉。 | 猫 味噌 | 我家的猫叫什么名字？ | 我养了什么宠物？
            zh | 去里斯本的航班星期五早上六点四十起飞。 | 里斯本 航班 | 去里斯本的航班几点起飞？ | 我什么时候要到机场？
            zh | 我在成都长大，后来搬到了上海。 | 成都 长大 | 我在哪里长大？ | 我的家乡是什么地方？
            zh | 车库门的密码是七七一三。 | 车库 密码 | 车库门的密码是多少？ | 怎么打开停车的地方？
            zh | 我女儿九月开始学大提琴。 | 大提琴 女儿 | 我女儿学什么乐器？ | 孩子在上什么音乐课？
            zh | 房租涨到了每个月四千五百元。 | 房租 每个月 | 现在房租是多少？ | 我住的地方要花多少钱？
            zh | 我喝咖啡不加糖也不加奶。 | 咖啡 加糖 | 我喝咖啡加糖吗？ | 早上给我点什么饮料？
            zh | 季度报告十五号要交给马克。 | 季度报告 | 季度报告交给谁？ | 三个月的数据要发给哪位？
            ja | 妹の由美の誕生日は三月九日です。 | 由美 誕生日 | 由美の誕生日はいつですか。 | 妹にいつプレゼントを渡せばいいですか。
            ja | 私はそばアレルギーなので、そばは食べられません。 | そば アレルギー | 何のアレルギーがありますか。 | 私が口にしてはいけないものは？
            ja | うちの猫の名前はみそで、窓際で寝るのが好きです。 | 猫 みそ | うちの猫の名前は何ですか。 | どんなペットを飼っていますか。
            ja | リスボン行きの便は金曜日の朝六時四十分に出発します。 | リスボン 便 出発 | リスボン行きの便は何時に出発しますか。 | いつ空港に着けばいいですか。
            ja | 私は函館で育ち、大学で東京に来ました。 | 函館 育ち | 私はどこで育ちましたか。 | 私の故郷はどこですか。
            ja | ガレージの暗証番号は七七一三です。 | ガレージ 暗証番号 | ガレージの暗証番号は何ですか。 | 駐車場所を開けるにはどうしますか。
            ja | 娘は九月からチェロを習い始めました。 | チェロ 娘 | 娘はいつからチェロを習っていますか。 | 子どもはどんな音楽の稽古をしていますか。
            ja | 家賃が月に八万五千円に上がりました。 | 家賃 円 | 家賃はいくらになりましたか。 | 住まいに毎月いくら払っていますか。
            ja | コーヒーは砂糖なしのブラックで飲みます。 | コーヒー ブラック | コーヒーはどうやって飲みますか。 | 朝の飲み物は何がいいですか。
            ja | 四半期の報告書は十五日までに田中さんに送ります。 | 四半期 報告書 | 四半期の報告書は誰に送りますか。 | 三か月分の数字を誰に渡しますか。
            """;
}
