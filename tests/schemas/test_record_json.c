#include "tests/schemas/desk.h"

/* ---- what is wrong in the values: as JSON and as msgpack alike ---- */

#define RECEIPT_HEAD "'last_receipt':{'seq':"
#define CONTROL      "\\u0001"

struct case_of_json {
    const struct record *record;
    const char *json;
    const char *problems; /* "" for none */
};

static const struct case_of_json cases[] = {
    {&record_credit, "{'deliveries':5}", ""},
    {&record_credit, "{}", "MISSING deliveries"},
    {&record_credit, "{'deliveries':null}", "NULL deliveries"},
    {&record_credit, "{'deliveries':'5'}", "TYPE deliveries"},
    {&record_credit, "{'deliveries':5.0}", "TYPE deliveries"},
    {&record_credit, "{'deliveries':true}", "TYPE deliveries"},
    {&record_credit, "{'deliveries':[]}", "TYPE deliveries"},
    {&record_credit, "{'deliveries':{}}", "TYPE deliveries"},
    {&record_credit, "{'deliveries':-1}", "RANGE deliveries"},
    {&record_credit, "{'deliveries':4096}", ""},
    {&record_credit, "{'deliveries':4097}", "RANGE deliveries"},
    {&record_credit, "{'deliveries':-9223372036854775808}", "RANGE deliveries"},
    {&record_credit, "{'deliveries':1,'Deliveries':1}", "UNKNOWN Deliveries"},
    {&record_credit, "{'deliveries':1,'中':1}", "UNKNOWN 中"},
    {&record_credit, "{'deliveries':1,'units/0':1}", "UNKNOWN ?"},
    {&record_credit, "{'deliveries':1,'x':1}", "UNKNOWN x"},
    {&record_credit, "{'deliveries':1,'x_':null,'x_b':1.5,'x_c':[true,{'d':[null]}]}", ""},
    {&record_credit, "{'deliveries':1,'x_c':'" CONTROL "'}", "ENCODING x_c"},
    {&record_credit, "{'deliveries':1,'x_c':[{'" CONTROL "':1}]}", "ENCODING x_c"},
    {&record_credit, "{'deliveries':1,'x_d':[[[[[[[1]]]]]]]}", ""},
    {&record_credit, "{'deliveries':1,'x_d':[[[[[[[[1]]]]]]]]}", "ENCODING x_d"},
    {&record_status_query, "{'history':true}", ""},
    {&record_status_query, "{'history':1}", "TYPE history"},
    {&record_status_query, "{'history':'true'}", "TYPE history"},
    {&record_resume, "{'reason':''}", "SIZE reason"},
    {&record_resume, "{'reason':'a" CONTROL "b'}", "ENCODING reason"},
    {&record_resume, "{'reason':'a\\u007fb'}", "ENCODING reason"},
    {&record_resume, "{'reason':'a\\nb'}", "ENCODING reason"},
    {&record_resume, "{'reason':'\\ud83d\\ude00'}", ""},
    {&record_ops_journal_tail, "{'count':0,'after':-1}", "RANGE count, RANGE after"},
    {&record_window_state, "{'window':'W:370102','state':'open'}", ""},
    {&record_window_state, "{'window':'W:370102','state':'ajar'}", "RULE state"},
    {&record_window_state, "{'window':'Q:370102','state':'open'}", "RULE window"},
    {&record_window_state, "{'window':'W:37','state':'open'}", "SIZE window"},
    {&record_hello, "{'software':'s','versions':['1'],'test':false}", ""},
    {&record_hello, "{'software':'s','versions':[],'test':false}", "SIZE versions"},
    {&record_hello, "{'software':'s','versions':['1','2','3','4','5','6','7','8','9'],'test':false}", "SIZE versions"},
    {&record_hello, "{'software':'s','versions':['1',''],'test':false}", "SIZE versions/1"},
    {&record_hello, "{'software':'s','versions':[1],'test':false}", "TYPE versions/0"},
    {&record_hello, "{'software':'s','versions':[null],'test':false}", "NULL versions/0"},
    {&record_hello, "{'software':'s','versions':['a" CONTROL "'],'test':false}", "ENCODING versions/0"},
    {&record_hello, "{'software':'s','versions':{},'test':false}", "TYPE versions"},
    {&record_hello, "{'software':'s','versions':['1'],'test':false,'last_receipt':[]}", "TYPE last_receipt"},
    {&record_hello, "{'software':'s','versions':['1'],'test':false," RECEIPT_HEAD "0,'zz':1}}",
     "RANGE last_receipt/seq, UNKNOWN last_receipt/zz, MISSING last_receipt/time, MISSING last_receipt/chain, "
     "MISSING last_receipt/mac"},
    {&record_supplement_req,
     "{'round':1,'final_list':false,'items':[{'code':'ID','text':'t','needs_new_signature':false,"
     "'needs_citizen':0}]}",
     "RANGE final_list, TYPE items/0/needs_citizen"},
    {&record_supplement_req, "{'round':1,'final_list':true,'items':[]}", "SIZE items"},
    {&record_reject,
     "{'code':'c','text_zh':'z','text_en':'e','retryable':false,'findings':[{'id':'F01','level':'X','path':'',"
     "'text_zh':'z','text_en':'e'},7,{}]}",
     "RULE findings/0/level, TYPE findings/1, MISSING findings/2/id, MISSING findings/2/level, "
     "MISSING findings/2/path, MISSING findings/2/text_zh, MISSING findings/2/text_en"},
    {&record_case_accepted, "{'ywh':'1','slsj':0,'due':'2026-02-30'}", "RULE due"},
};

static void expect_problems(struct desk *desk, enum status status, const char *wanted, const char *json)
{
    char found[2048];
    cr_assert_str_eq(problems_show(&desk->problems, found, sizeof found), wanted, "%s: %s", json, found);
    cr_assert_eq(status, *wanted ? STATUS_BAD_BODY : STATUS_OK, "%s", json);
}

Test(record_json, names_every_fault_of_a_value)
{
    struct desk *desk = desk_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *json = json_of(cases[i].json);
        enum status status = desk_from_json(desk, cases[i].record, json);
        expect_problems(desk, status, cases[i].problems, cases[i].json);
        json_decref(json);
    }
    desk_free(&desk);
}

Test(record_json, finds_the_same_faults_in_the_same_value_as_msgpack)
{
    struct desk *desk = desk_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *json = json_of(cases[i].json);
        uint8_t packed[4096];
        size_t size = 0;
        enum status status = json_to_msgpack(json, packed, sizeof packed, &size);
        if (status == STATUS_OK) { /* too deep is refused there already */
            struct bytes bytes = bytes_copy(packed, size);
            status = desk_decode(desk, cases[i].record, bytes);
            expect_problems(desk, status, cases[i].problems, cases[i].json);
            bytes_free(&bytes);
        }
        json_decref(json);
    }
    desk_free(&desk);
}

/* ---- bytes are lower-case hex ---- */

#define ZEROS_30 "000000000000000000000000000000"
#define ACK_HEAD "{'software':'s','version':'1','epoch':1,'time':0,'seq':0,'heartbeat_ms':1000,'test':false,'broker':"

static const struct case_of_json hex_cases[] = {
    {&record_hello_ack, ACK_HEAD "'" ZEROS_30 "af'}", ""},
    {&record_hello_ack, ACK_HEAD "'" ZEROS_30 "AF'}", "ENCODING broker"},
    {&record_hello_ack, ACK_HEAD "'" ZEROS_30 "ag'}", "ENCODING broker"},
    {&record_hello_ack, ACK_HEAD "'" ZEROS_30 "a'}", "ENCODING broker"},
    {&record_hello_ack, ACK_HEAD "'" ZEROS_30 "'}", "SIZE broker"},
    {&record_hello_ack, ACK_HEAD "'" ZEROS_30 "afaf'}", "SIZE broker"},
    {&record_hello_ack, ACK_HEAD "''}", "SIZE broker"},
    {&record_hello_ack, ACK_HEAD "16}", "TYPE broker"},
};

Test(record_json, takes_bytes_as_lower_case_hex_only)
{
    struct desk *desk = desk_new();
    for (size_t i = 0; i < sizeof hex_cases / sizeof hex_cases[0]; i++) {
        json_t *json = json_of(hex_cases[i].json);
        enum status status = desk_from_json(desk, hex_cases[i].record, json);
        expect_problems(desk, status, hex_cases[i].problems, hex_cases[i].json);
        json_decref(json);
    }
    json_t *json = json_of(hex_cases[0].json);
    cr_assert_eq(desk_from_json(desk, &record_hello_ack, json), STATUS_OK);
    const struct hello_ack *ack = (const void *)desk->value;
    cr_assert_eq(ack->broker.data[15], 0xaf);
    json_decref(json);
    desk_free(&desk);
}

Test(record_json, of_what_is_no_object_is_a_problem_of_the_whole)
{
    static const struct {
        const char *json;
        enum problem_kind kind;
    } wholes[] = {{"[]", PROBLEM_TYPE}, {"1", PROBLEM_TYPE}, {"'a'", PROBLEM_TYPE}, {"null", PROBLEM_NULL}};
    struct desk *desk = desk_new();
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++) {
        json_t *json = json_of(wholes[i].json);
        cr_assert_eq(desk_from_json(desk, &record_credit, json), STATUS_BAD_BODY);
        cr_assert_eq(desk->problems.count, 1);
        cr_assert_eq(desk->problems.items[0].kind, wholes[i].kind);
        cr_assert_str_eq(desk->problems.items[0].path, "");
        json_decref(json);
    }
    desk_free(&desk);
}

/* ---- the application of DOMAIN 6.8 ---- */

static const char application[] =
    "{'kind':'M01','district':'370102',"
    "'units':[{'bdcdyh':'370102999001GB00001F00010203','bdcqzh':'鲁（2026）济南市不动产权第0012345号',"
    "'zl':'济南市历下区示例路1号1幢203室','mj':'118.42','use':'住宅'}],'dybdclx':'2',"
    "'mortgagors':[{'name':'张某','idt':'1','id':'370116198506150003','tel':'13800000000','gyfs':'1'},"
    "{'name':'李某','idt':'1','id':'370614199002280006','gyfs':'1'}],"
    "'mortgagee':{'name':'示例银行济南历下支行','uscc':'91370100MAQQQQ019K','cnaps':'105451099995',"
    "'agent':{'name':'王某','idt':'1','id':'371681197811030009'}},"
    "'debtors':[{'ref':'mortgagors/0'}],'dyfs':'1','bdbzzqse':80210700,'zwlxqssj':'2026-09-30',"
    "'zwlxjssj':'2056-09-30','dbfw':'主债权及利息、罚息、违约金、实现债权的费用',"
    "'sfczjzhxz':0,'dyhth':'DY-2026-000001','sw':1,"
    "'materials':[{'code':'SQS','name':'不动产登记申请书','pages':2,'size':360000,'mime':'application/pdf',"
    "'sm3':'aed7b506e34ef74e5c9cf470dea70a93500b472a0e94bc0af0495f5d06ffdfb1',"
    "'signed_by':['mortgagors/0','mortgagors/1','mortgagee/agent']},"
    "{'code':'ID','name':'身份证明','pages':4,'size':720000,'mime':'application/pdf',"
    "'sm3':'832603cf7e7de29985d43bf2115c62d2c4bea53fb97adda928e6d437be0f09cc'},"
    "{'code':'HTB','name':'主债权合同及抵押合同信息表','pages':1,'size':180000,'mime':'application/pdf',"
    "'sm3':'8dd89754b23cb83d6aa00174bd801c1783e2a3d5b37377ff910b9cd162811476',"
    "'signed_by':['mortgagors/0','mortgagors/1','mortgagee/agent']}],"
    "'consent':{'pipl':'C-0001','face':['F-01','F-02'],'correction_scope':'typo,format,material-rescan'},"
    "'fee_payer':'mortgagee','cert':'electronic'}";

Test(record_json, carries_an_application_there_and_back)
{
    struct desk *desk = desk_new();
    struct desk *other = desk_new();
    json_t *json = json_of(application);
    cr_assert_eq(desk_from_json(desk, &record_case_submit, json), STATUS_OK);
    const struct case_submit *submit = (const void *)desk->value;
    cr_assert(text_is(submit->units.items[0].number, "370102999001GB00001F00010203"));
    cr_assert_eq(submit->mortgagors.count, 2);
    cr_assert(text_is(submit->mortgagee.agent.name, "王某"));
    cr_assert_not(submit->mortgagors.items[1].agent.is_present);
    cr_assert_eq(submit->amount.value, 80210700);
    cr_assert(text_is(submit->materials.items[0].signed_by.items[2], "mortgagee/agent"));
    cr_assert_eq(desk_encode(desk, &record_case_submit, submit), STATUS_OK);
    struct bytes bytes = bytes_copy(desk->body, desk->body_size);
    cr_assert_eq(desk_decode(other, &record_case_submit, bytes), STATUS_OK);
    cr_assert(record_equal(&record_case_submit, submit, other->value, NULL));
    json_t *again = record_to_json(&record_case_submit, other->value);
    cr_assert(json_equal(json, again));
    json_decref(again);
    json_decref(json);
    bytes_free(&bytes);
    desk_free(&other);
    desk_free(&desk);
}
