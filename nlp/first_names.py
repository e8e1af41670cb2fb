"""First names common in the United Kingdom, of people of every origin; by no means all."""

FIRST_NAMES = frozenset(
    """
    aaron abdul abdullah abigail adam adele adrian agnes ahmed aidan aileen aimee aisha alan alana
    alasdair albert alec alex alexander alexandra alexis alfie alfred ali alice alicia alison alistair
    allan allison alma alun alwyn amanda amber amelia amina amir amit amy ana andre andrea andrew angela
    angharad angie angus anita anjali ann anna annabel anne annette annie anthony antonia anwen april
    archie arnold arthur arwel asha ashley audrey austin ava aysha barbara barry beatrice becky ben
    benjamin bernadette bernard bert beryl bessie beth bethan bethany betty beverley bill billy blodwen
    bob bobby brandon branwen brenda brendan brian bridget bronwen bruce bryan bryn caitlin callum calum
    cameron camilla carl carla carlos carmen carol carole caroline carolyn carwyn cassandra catherine
    cathy cecilia cedric celia ceri cerys charles charlie charlotte chloe chris christian christina
    christine christopher claire clara clare clarissa claudia clifford clive colin colleen connor
    constance corinne courtney craig cynthia dafydd daisy damian damien dan daniel danielle danny daphne
    daren darius darren dave david dawn debbie deborah debra deepak deirdre delia delyth denise dennis
    denzil derek dermot derrick desmond diana diane dilwyn dilys dion dmitri dominic donald donna dora
    doreen doris dorothy douglas duncan dylan eddie edgar edith edmund eduardo edward edwin efa eileen
    eilidh eilir eira eirlys elaine eleanor elena eleri elfed elin elizabeth ella ellen ellie elliot elsie
    elspeth eluned emily emlyn emma emrys emyr enid eric erica erik erin ernest esther ethan ethel eugene
    eva evan eve evelyn farah farhan faruk fatima fay felicity felix fergus ffion fiona fleur flora
    florence frances francesca francis frank fred freddie frederick freya gail gareth garry gary gavin
    gaynor gemma geoff geoffrey george georgia georgina geraint gerald gerard gerry gethin gianni gilbert
    giles gillian gladys glen glenda glenys glyn glynis gordon grace graeme graham grant greg gregory
    greta gurpreet guy gwen gwenda gwenllian gwilym gwladys gwyn gwyneth hamish hanna hannah harold
    harriet harry harvey hassan hayley hazel heather hefin helen helena henry herbert hilary hilda holly
    howard huda hugh hugo hussein huw hywel ian ibrahim idris ieuan ifan ifor imogen imran ingrid iolo
    iona iqbal irene iris isaac isabel isabella isla islwyn isobel ivan ivor ivy iwan jack jackie jacob
    jacqueline jade jake jamal james jamie jan jane janet janice jasmine jason jasper javed jay jean
    jeanette jeff jeffrey jenna jennifer jenny jeremy jerome jerry jess jesse jessica jill jillian jim
    jimmy jo joan joanna joanne jodie joe joel john johnny jon jonah jonathan jordan jose josef joseph
    josephine josh joshua joy joyce juan judith judy julia julian julie june justin justine kai kamal
    karen karl kat kate katharine katherine kathleen kathryn kathy katie katrina kavita kay kayleigh
    keiron keith kelly ken kenneth kerry kevin khadija khalid kieran kim kimberley kirsten kirsty krishna
    kumar kyle lana lara laura lauren laurence lawrence leah leanne lee leila len lena leo leon leonard
    leroy lesley leslie lewis liam lilian lillian lily linda lindsay lindsey lisa llinos lloyd llyr lois
    lola lorna lorraine louis louisa louise lowri lucia lucinda lucy luke luned lydia lyn lynda lynn lynne
    mabel maddie madeleine madge magdalena mahmoud mair mairead malcolm mandy manjit manuel marcia marcus
    mared margaret margery maria mariam marian marianne marie marilyn mario marion marjorie mark marlene
    martha martin martyn mary maryam mateusz mathew matilda matt matthew maud maureen maurice mavis max
    maxine megan mehmet mei meinir melanie melissa meredith mererid merfyn meurig mia michael michal
    michelle mick mike mildred millie mina miranda miriam mohamed mohammad mohammed moira molly mona
    monica morag morwenna muhammad muriel myfanwy myra nabil nadia nadine nancy naomi natalie natasha
    nathan neha neil nerys nesta nia niall nicholas nick nicky nicola nicole nigel nikhil nina noah noel
    nora noreen norma norman nuala oliver olivia olwen omar oscar osian oswald owain owen paddy pam pamela
    pat patricia patrick paul paula pauline pawel pearl peggy penelope penny percy peredur pete peter
    petra phil philip philippa phillip phoebe phyllis pierre piotr polly pooja poppy prakash priya rachael
    rachel rafael raj rajesh ralph ramesh rashid ravi ray raymond rebecca reg reginald rehana rhian
    rhiannon rhodri rhona rhonda rhun rhys ricardo richard ricky rita robbie robert roberta robin roderick
    rodney roger roland ron ronald rory rosa rosalind rose rosemary rosie ross rowena roxanne roy ruby
    rukhsana rupert russell ruth ryan sabrina sadia saira sally sam samantha samina samir samuel sandra
    sandy sanjay sara sarah saskia sean sebastian selina selwyn shabana shakira shane shannon sharon shaun
    sheila shelley shirin shirley shona sian sidney silvia simon simone sinead sioned siân sofia solomon
    sonia sophia sophie stacey stan stanley stefan stella stephanie stephen steve steven stewart stuart
    sue sunil sunita susan susanna susie suzanne sybil sylvia tahir tamara tamsin tania tanya tara tariq
    tegan terence teresa terri terry tess tessa thelma theo theodore theresa thomas tim timothy tina toby
    todd tom tomasz tommy toni tony tracey tracy trevor trish trystan tudur una ursula usha val valerie
    vanessa vera vernon veronica vicki vicky victor victoria vijay vikram vincent viola violet vivian
    vivien wai walter wanda warren wasim wayne wei wendy wilfred will william willie winifred winston
    wojciech yasmin yolanda yusuf yvette yvonne zachary zahra zainab zara zoe zofia
    """.split()  # noqa: SIM905 # eight hundred strings in brackets are no easier to read
)

# Also a word, a place or a surname: on their own they say too little.
AMBIGUOUS = frozenset(
    """
    amber april ashley austin brandon cameron carol christian daisy dale darren dawn faith fleur florence
    frank gail georgia gill glen grace grant guy harry hazel heather holly hope hugo iris ivy jack jade
    jan jasmine jay jean jordan joy june kay kelly kent kim kyle lee leo lewis lily lloyd louis lynn mark
    max may mei miles mina mona nick noel olive owen paddy pat pearl penny percy poppy ray rich robin rod
    rose ross roy ruby russell sam sandy scott sky stan stanley stella sue summer tara theo todd tony una
    val victor victoria viola violet wai warren wayne wei will winston
    """.split()  # noqa: SIM905 # as above
)

# Of these, with a capital within a sentence: hardly anything else.
SURE_WITHIN = frozenset(
    """
    brandon carol darren frank gail harry jack jasmine jean kelly kim lee leo lily lynn nick owen pat
    penny ray robin rod roy sam sandy sue tara todd tony una wayne
    """.split()  # noqa: SIM905 # as above
)
# Welsh words that begin a sentence, or bear a capital for another reason.
WELSH_WORDS = frozenset({"bob", "bryn", "glyn", "gwyn", "haf", "mai", "mair", "non", "sian"})
# A Bill of Parliament, a register: with nothing beside them hardly a name.
NEVER_ALONE = frozenset({"bill", "reg"})
